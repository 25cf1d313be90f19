#!/bin/sh
# gitstory hook (format 1). Put here by `git story enable --global`; `git story disable --global` takes it away.
#
# core.hooksPath in the global configuration hides the hooks of every repository. This one does nothing but call
# the repository's own hook of this name, as git would have done.

gitstory_event='@EVENT@'
gitstory_common=${GIT_COMMON_DIR:-${GIT_DIR:-.git}}
if [ -f "$gitstory_common" ]; then
	IFS= read -r gitstory_text <"$gitstory_common" || :
	gitstory_common=${gitstory_text#gitdir: }
fi
if [ -f "$gitstory_common/commondir" ]; then
	IFS= read -r gitstory_text <"$gitstory_common/commondir" || :
	case $gitstory_text in
	/* | [A-Za-z]:*) gitstory_common=$gitstory_text ;;
	*) gitstory_common=$gitstory_common/$gitstory_text ;;
	esac
fi
gitstory_next=$gitstory_common/hooks/$gitstory_event
if [ -f "$gitstory_next" ] && [ -x "$gitstory_next" ]; then
	exec "$gitstory_next" "$@"
fi
