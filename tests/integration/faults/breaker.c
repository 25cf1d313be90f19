/* Preloaded into a program and all it starts: counts what they change on disk below one directory, and at the
 * change asked for kills the whole process group, or lets this one and all later ones fail.
 *
 * BREAKER_ROOT  the directory (absolute), BREAKER_LOG  a file of fixed-length records, one a change, in order,
 * BREAKER_AT    number of the change, from 1 (0: only count), BREAKER_HOW  "kill" or an errno as a number.
 * A kill comes after the change, so that every state of the disk between two changes is seen.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define RECORD 160

static int inside(const char *path)
{
	const char *root = getenv("BREAKER_ROOT");
	return root != NULL && strncmp(path, root, strlen(root)) == 0;
}

static int path_of(int dir, const char *path, char *out)
{
	char link[64];
	ssize_t size;

	if (path[0] == '/')
		return snprintf(out, PATH_MAX, "%s", path) > 0;
	if (dir == AT_FDCWD)
		snprintf(link, sizeof link, "/proc/self/cwd");
	else
		snprintf(link, sizeof link, "/proc/self/fd/%d", dir);
	size = readlink(link, out, PATH_MAX - 1);
	if (size < 0)
		return 0;
	out[size] = 0;
	return snprintf(out + size, PATH_MAX - size, "/%s", path) > 0;
}

static int path_of_file(int fd, char *out)
{
	struct stat found;
	char link[64];
	ssize_t size;

	if (fstat(fd, &found) != 0 || !S_ISREG(found.st_mode))
		return 0;
	snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
	size = readlink(link, out, PATH_MAX - 1);
	if (size < 0)
		return 0;
	out[size] = 0;
	return 1;
}

/* Takes the next number for a change; returns it. */
static long number(const char *what, const char *path)
{
	char record[RECORD + 1];
	const char *log = getenv("BREAKER_LOG");
	long at = -1;
	int kept = errno, fd;

	if (log == NULL || !inside(path))
		return -1;
	snprintf(record, sizeof record, "%-9.9s %-149.149s\n", what, path + strlen(getenv("BREAKER_ROOT")));
	fd = syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (fd >= 0) {
		syscall(SYS_write, fd, record, RECORD);
		at = lseek(fd, 0, SEEK_CUR) / RECORD;
		syscall(SYS_close, fd);
	}
	errno = kept;
	return at;
}

static long wanted(void)
{
	const char *at = getenv("BREAKER_AT");
	return at != NULL ? atol(at) : 0;
}

static int refused(long at)
{
	const char *how = getenv("BREAKER_HOW");
	if (at < 1 || wanted() < 1 || at < wanted() || how == NULL || strcmp(how, "kill") == 0)
		return 0;
	errno = atoi(how);
	return 1;
}

static void maybe_die(long at)
{
	const char *how = getenv("BREAKER_HOW");
	if (at > 0 && at == wanted() && how != NULL && strcmp(how, "kill") == 0)
		kill(0, SIGKILL);
}

#define REAL(name) ((__typeof__(name) *)dlsym(RTLD_NEXT, #name))

#define CHANGE(what, path, call)                 \
	do {                                     \
		long at_ = number(what, path);   \
		__typeof__(call) done_;          \
		if (refused(at_))                \
			return -1;               \
		done_ = call;                    \
		maybe_die(at_);                  \
		return done_;                    \
	} while (0)

#define OPEN(name, dir, ...)                                                             \
	do {                                                                             \
		char full_[PATH_MAX];                                                    \
		int mode_ = 0;                                                           \
		if (flags & (O_CREAT | O_TMPFILE)) {                                     \
			va_list more_;                                                   \
			va_start(more_, flags);                                          \
			mode_ = va_arg(more_, int);                                      \
			va_end(more_);                                                   \
		}                                                                        \
		if (flags & (O_CREAT | O_TRUNC) && path_of(dir, path, full_) &&          \
		    (flags & O_TRUNC || access(full_, F_OK) != 0))                       \
			CHANGE("create", full_, REAL(name)(__VA_ARGS__, flags, mode_));  \
		return REAL(name)(__VA_ARGS__, flags, mode_);                            \
	} while (0)

int open(const char *path, int flags, ...) { OPEN(open, AT_FDCWD, path); }
int open64(const char *path, int flags, ...) { OPEN(open64, AT_FDCWD, path); }
int openat(int dir, const char *path, int flags, ...) { OPEN(openat, dir, dir, path); }
int openat64(int dir, const char *path, int flags, ...) { OPEN(openat64, dir, dir, path); }

#define ON_FILE(what, call)                   \
	do {                                  \
		char full_[PATH_MAX];         \
		if (path_of_file(fd, full_))  \
			CHANGE(what, full_, call); \
		return call;                  \
	} while (0)

ssize_t write(int fd, const void *data, size_t size) { ON_FILE("write", REAL(write)(fd, data, size)); }
ssize_t pwrite(int fd, const void *data, size_t size, off_t at) { ON_FILE("write", REAL(pwrite)(fd, data, size, at)); }
ssize_t pwrite64(int fd, const void *data, size_t size, off64_t at)
{
	ON_FILE("write", REAL(pwrite64)(fd, data, size, at));
}
int ftruncate(int fd, off_t size) { ON_FILE("truncate", REAL(ftruncate)(fd, size)); }
int ftruncate64(int fd, off64_t size) { ON_FILE("truncate", REAL(ftruncate64)(fd, size)); }

#define ON_PATH(what, dir, path, call)             \
	do {                                       \
		char full_[PATH_MAX];              \
		if (path_of(dir, path, full_))     \
			CHANGE(what, full_, call); \
		return call;                       \
	} while (0)

int rename(const char *from, const char *to) { ON_PATH("rename", AT_FDCWD, to, REAL(rename)(from, to)); }
int renameat(int a, const char *from, int b, const char *to) { ON_PATH("rename", b, to, REAL(renameat)(a, from, b, to)); }
int link(const char *from, const char *to) { ON_PATH("link", AT_FDCWD, to, REAL(link)(from, to)); }
int unlink(const char *path) { ON_PATH("unlink", AT_FDCWD, path, REAL(unlink)(path)); }
int unlinkat(int dir, const char *path, int flags) { ON_PATH("unlink", dir, path, REAL(unlinkat)(dir, path, flags)); }
int mkdir(const char *path, mode_t mode) { ON_PATH("mkdir", AT_FDCWD, path, REAL(mkdir)(path, mode)); }
int mkdirat(int dir, const char *path, mode_t mode) { ON_PATH("mkdir", dir, path, REAL(mkdirat)(dir, path, mode)); }
int rmdir(const char *path) { ON_PATH("rmdir", AT_FDCWD, path, REAL(rmdir)(path)); }
