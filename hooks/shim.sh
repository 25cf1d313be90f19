#!/bin/sh
# gitstory hook (format 1). Put here by `git story enable`; `git story disable` takes it away.
#
# It appends one line to <git dir>/gitstory/spool, starts the worker behind its back and exits 0, whatever
# happened: a missing program, a full disk or a read-only directory are no reason to disturb git. A hook that
# was here before stands beside this one as NAME.gitstory-previous and runs afterwards, as if git had called it.
# pre-commit, prepare-commit-msg and commit-msg, which are here only where they are asked for, write no line.
#
# POSIX sh (dash, busybox, bash, zsh in sh mode). In the usual case nothing is forked but the worker.

gitstory_event='@EVENT@'
gitstory_program='@PROGRAM@'
gitstory_scope='@SCOPE@'

gitstory_tab='	'
gitstory_nl='
'

# For a subshell that starts programs: takes out of PATH and PYTHONPATH what names the directory we are in. That is the
# work tree, where anybody's commits put files.
gitstory_guard() {
	case :${PATH-}: in
	*::* | *:[!/]*)
		gitstory_keep_absolute "$PATH"
		PATH=$gitstory_text
		;;
	esac
	case :${PYTHONPATH-}: in
	:: | :[A-Za-z]:\\*) ;; # none, or one of Windows
	*::* | *:[!/]*)
		gitstory_keep_absolute "$PYTHONPATH"
		if [ -n "$gitstory_text" ]; then PYTHONPATH=$gitstory_text; else unset PYTHONPATH; fi
		;;
	esac
}

# Sets gitstory_text to the entries of $1 that are absolute.
gitstory_keep_absolute() {
	gitstory_text=
	gitstory_rest=$1:
	while [ -n "$gitstory_rest" ]; do
		case $gitstory_rest in
		/*) gitstory_text=$gitstory_text${gitstory_text:+:}${gitstory_rest%%:*} ;;
		esac
		gitstory_rest=${gitstory_rest#*:}
	done
}

# Sets gitstory_git (this worktree's git directory) and gitstory_common (the shared one).
gitstory_locate() {
	gitstory_git=${GIT_DIR:-.git}
	if [ -f "$gitstory_git" ]; then
		IFS= read -r gitstory_text <"$gitstory_git" || [ -n "$gitstory_text" ] || return 1
		case $gitstory_text in
		'gitdir: '*) gitstory_git=${gitstory_text#gitdir: } ;;
		*) return 1 ;;
		esac
	fi
	gitstory_common=$gitstory_git
	if [ -n "${GIT_COMMON_DIR-}" ]; then
		gitstory_common=$GIT_COMMON_DIR
	elif [ -f "$gitstory_git/commondir" ]; then
		IFS= read -r gitstory_text <"$gitstory_git/commondir" || [ -n "$gitstory_text" ] || return 1
		case $gitstory_text in
		/* | [A-Za-z]:*) gitstory_common=$gitstory_text ;;
		*) gitstory_common=$gitstory_git/$gitstory_text ;;
		esac
	fi
	gitstory_home=$gitstory_common/gitstory
	[ -d "$gitstory_common" ]
}

# Sets gitstory_sha to the commit HEAD names: from the ref's own file, or from git where it is not that simple.
gitstory_find_head() {
	gitstory_sha=
	IFS= read -r gitstory_sha <"$gitstory_git/HEAD" || :
	case $gitstory_sha in
	'ref: '*)
		gitstory_text=$gitstory_common/${gitstory_sha#ref: }
		gitstory_sha=
		[ ! -f "$gitstory_text" ] || IFS= read -r gitstory_sha <"$gitstory_text" || :
		;;
	esac
	case $gitstory_sha in *[!0123456789abcdef]*) gitstory_sha= ;; esac
	case ${#gitstory_sha} in
	40 | 64) ;;
	*) gitstory_sha=$(gitstory_guard && git rev-parse --verify --quiet HEAD) || gitstory_sha=- ;;
	esac
}

# Adds a field; a value too long to be an id or a path is left out, so that the line stays one small write.
gitstory_put() {
	[ ${#2} -le 1000 ] && [ ${#gitstory_line} -le 2500 ] || return 0
	case $2 in
	*[%"$gitstory_tab$gitstory_nl"]*) gitstory_escape "$2" ;;
	*) gitstory_text=$2 ;;
	esac
	gitstory_line=$gitstory_line$gitstory_tab$1$gitstory_text
}

# Sets gitstory_text to $1 with tabs, newlines and percent signs as %XX.
gitstory_escape() {
	gitstory_text=
	gitstory_rest=$1
	while :; do
		case $gitstory_rest in
		*[%"$gitstory_tab$gitstory_nl"]*) ;;
		*) break ;;
		esac
		gitstory_part=${gitstory_rest%%[%"$gitstory_tab$gitstory_nl"]*}
		gitstory_rest=${gitstory_rest#"$gitstory_part"}
		case $gitstory_rest in
		%*) gitstory_part=$gitstory_part%25 ;;
		"$gitstory_tab"*) gitstory_part=$gitstory_part%09 ;;
		*) gitstory_part=$gitstory_part%0A ;;
		esac
		gitstory_text=$gitstory_text$gitstory_part
		gitstory_rest=${gitstory_rest#?}
	done
	gitstory_text=$gitstory_text$gitstory_rest
}

# What the agents tell their shells about themselves, then what moves their stores to another place.
gitstory_put_environment() {
	for gitstory_name in \
		AI_AGENT CLAUDECODE CLAUDE_CODE_SESSION_ID CODEX_CI CODEX_THREAD_ID CODEX_SESSION_ID CODEX_TOOL_CALL_ID \
		OPENCODE CLINE_CONNECTOR_CLI_LAUNCH CURSOR_AGENT GEMINI_CLI COPILOT_CLI COPILOT_AGENT_SESSION_ID \
		QWEN_CODE PI_CODING_AGENT CURSOR_TRACE_ID OR_APP_NAME \
		HOME CLAUDE_CONFIG_DIR XDG_CONFIG_HOME APPDATA LOCALAPPDATA CODEX_HOME XDG_DATA_HOME OPENCODE_DB \
		CRUSH_GLOBAL_DATA GOOSE_PATH_ROOT CLINE_DATA_DIR CLINE_DIR VSCODE_APPDATA VSCODE_PORTABLE \
		CURSOR_DATA_DIR CURSOR_CONFIG_DIR AIDER_CHAT_HISTORY_FILE GEMINI_CLI_HOME COPILOT_HOME QWEN_RUNTIME_DIR \
		QWEN_HOME PI_CODING_AGENT_DIR CONTINUE_GLOBAL_DIR KIRO_SESSIONS_DIR KIRO_HOME; do
		eval "gitstory_value=\${$gitstory_name-}"
		[ -z "$gitstory_value" ] || gitstory_put "$gitstory_name=" "$gitstory_value"
	done
}

# A line has the fields: format, event, commit, seconds since the epoch (0: unknown), worktree, NAME=VALUE ...
# The leading newline ends what a writer that ran out of space may have left.
gitstory_append() {
	[ -d "$gitstory_home" ] || (gitstory_guard && umask 077 && mkdir "$gitstory_home") || return 0
	gitstory_line="1$gitstory_tab$gitstory_event$gitstory_tab$gitstory_sha$gitstory_tab${EPOCHSECONDS:-0}"
	gitstory_put '' "$PWD"
	gitstory_put_environment
	# Neither through a link, which may lead anywhere, nor into what is no file.
	[ ! -h "$gitstory_home/spool" ] || return 0
	[ -f "$gitstory_home/spool" ] || [ ! -e "$gitstory_home/spool" ] || return 0
	[ -f "$gitstory_home/spool" ] || (umask 077 && : >>"$gitstory_home/spool")
	if [ -n "$gitstory_input" ]; then
		gitstory_append_pairs
	else
		[ -z "$gitstory_by" ] || gitstory_put by= "$gitstory_by"
		printf '\n%s\n' "$gitstory_line" >>"$gitstory_home/spool"
	fi
}

# One line for each "old new" that git told on stdin, the new commit in the place of HEAD's.
gitstory_append_pairs() {
	gitstory_tail=${gitstory_line#*"$gitstory_tab"*"$gitstory_tab"*"$gitstory_tab"}
	gitstory_left=20000
	while read -r gitstory_old gitstory_new gitstory_rest && [ "$gitstory_left" -gt 0 ]; do
		gitstory_left=$((gitstory_left - 1))
		[ -n "$gitstory_new" ] || continue
		printf '\n1\tpost-rewrite\t%s\t%s\twas=%s\tby=%s\n' \
			"$gitstory_new" "$gitstory_tail" "$gitstory_old" "$gitstory_by"
	done >>"$gitstory_home/spool" <<-END
		$gitstory_input
	END
}

gitstory_find_program() {
	gitstory_run=$gitstory_program
	[ -x "$gitstory_run" ] || gitstory_run=$(command -v git-story)
}

# Runs the program behind git's back: in its own session, so that it outlives a killed process group, and with none
# of our files, so that nobody waits for it or for a lock it inherited. An agent may close its terminal before that
# session is there: the hangup is ignored from before the fork, and ours again after it.
gitstory_behind() {
	trap '' HUP
	(
		gitstory_guard
		gitstory_find_program || exit 0
		unset GIT_INDEX_FILE GIT_PREFIX
		exec 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-
		if command -v setsid; then exec setsid "$gitstory_run" "$@"; fi
		trap '' HUP INT QUIT
		exec "$gitstory_run" "$@"
	) </dev/null >/dev/null 2>&1 &
	trap - HUP
}

# While a rebase runs its last hook starts one worker for all commits.
gitstory_start_worker() {
	[ ! -d "$gitstory_git/rebase-merge" ] || [ "$gitstory_event" = post-rewrite ] || return 0
	gitstory_behind drain --background
}

# Whether git makes a commit again that was there: its message has its trailers already.
gitstory_is_copy() {
	for gitstory_text in CHERRY_PICK_HEAD REVERT_HEAD sequencer rebase-merge rebase-apply; do
		[ ! -e "$gitstory_git/$gitstory_text" ] || return 0
	done
	return 1
}

# Has the program do it while git waits. It ends by itself after the time of `link.wait`.
gitstory_ask() {
	(gitstory_guard && gitstory_find_program && GITSTORY_GIT=$PPID "$gitstory_run" hook "$gitstory_event" "$@") >/dev/null
}

gitstory_main() {
	gitstory_locate || return 0
	# `git story disable` in this repository, where the hooks are those of all of them.
	[ ! -f "$gitstory_home/disabled" ] || return 0
	case $gitstory_event in
	pre-push)
		# What was committed just now shall be in the record that may be pushed; a few seconds at most.
		for gitstory_text in "$gitstory_home"/spool*; do
			[ -s "$gitstory_text" ] || continue
			(gitstory_guard && gitstory_find_program && "$gitstory_run" drain --wait 5) >/dev/null
			break
		done
		# Stories follow, if asked for (story.autoPush); nobody who has not agreed to a remote before has this file.
		[ ! -f "$gitstory_home/shared.json" ] || gitstory_behind push --background -- "${1-}"
		;;
	pre-commit)
		[ -f "$gitstory_home/pre-commit.on" ] && [ "${GITSTORY_SEEN-}" != "$gitstory_event " ] || return 0
		gitstory_is_copy || gitstory_ask
		;;
	prepare-commit-msg)
		[ -f "$gitstory_home/prepare-commit-msg.on" ] || return 0
		[ "${GITSTORY_SEEN-}" != "$gitstory_event " ] || return 0
		[ ! -f "$gitstory_git/gitstory-trailers" ] || (gitstory_guard && rm -f "$gitstory_git/gitstory-trailers")
		gitstory_is_copy && [ ! -f "$gitstory_git/rebase-merge/message-squash" ] && return 0
		gitstory_ask "$@"
		;;
	commit-msg)
		# Only a message that was written in an editor still waits for its trailers.
		[ ! -f "$gitstory_git/gitstory-trailers" ] || gitstory_ask "$@"
		;;
	*)
		gitstory_find_head
		# A hook of this name in the global directory and one in the repository: once is enough.
		[ "${GITSTORY_SEEN-}" != "$gitstory_event $gitstory_sha" ] || return 0
		gitstory_append || :
		gitstory_start_worker
		# Stories come with `git pull`, if asked for (story.autoPull).
		case $gitstory_event$gitstory_by in
		post-merge* | post-rewriterebase) [ ! -f "$gitstory_home/auto-pull.on" ] || gitstory_behind pull --background ;;
		esac
		;;
	esac
}

# Sets gitstory_next to the hook that was here before; fails if there is none that git would have run.
gitstory_find_next() {
	gitstory_dir=${0%/*}
	[ "$gitstory_dir" != "$0" ] || gitstory_dir=.
	gitstory_next=$gitstory_dir/$gitstory_event.gitstory-previous
	if [ "$gitstory_scope" = global ] && [ ! -f "$gitstory_next" ]; then
		# The global directory hides the repository's own hooks from git, so we call them.
		gitstory_next=${gitstory_common:-.git}/hooks/$gitstory_event
		GITSTORY_SEEN="$gitstory_event ${gitstory_sha-}"
		export GITSTORY_SEEN
	fi
	[ -f "$gitstory_next" ] && [ -x "$gitstory_next" ]
}

# Becomes that hook: same arguments, same stdin, its exit code. Where it is a shell script kept under another
# name, its own shell reads it as $0 = our name, because hook managers look at $0 to find out who they are.
gitstory_become_next() {
	gitstory_first=
	gitstory_second=
	{ IFS= read -r gitstory_first && IFS= read -r gitstory_second; } <"$gitstory_next" || :
	case ${PRE_COMMIT_RUNNING_LEGACY-}$gitstory_second in
	?*'# File generated by pre-commit'*) exit 0 ;; # installed again over us, it has called us, and has run
	esac
	case $gitstory_next in
	*.gitstory-previous)
		case $gitstory_first in
		'#!'*[/\ ]sh | '#!'*[/\ ]sh\ * | '#!'*[/\ ]*[abdkz]sh | '#!'*[/\ ]*[abdkz]sh\ *)
			exec ${gitstory_first#??} -c ". \"\${0%/*}/$gitstory_event.gitstory-previous\"" \
				"$gitstory_dir/$gitstory_event" "$@"
			;;
		esac
		;;
	esac
	exec "$gitstory_next" "$@"
}

gitstory_input=
gitstory_by=
if [ "$gitstory_event" = post-rewrite ]; then
	gitstory_by=${1-}
	gitstory_input=$(gitstory_guard && cat)
fi
gitstory_main "$@" </dev/null 2>/dev/null || :
gitstory_find_next || exit 0
if [ "$gitstory_event" = post-rewrite ]; then
	printf '%s\n' "$gitstory_input" 2>/dev/null | gitstory_become_next "$@"
	exit $?
fi
gitstory_become_next "$@"
