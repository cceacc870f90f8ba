/* The unix path that goes when its socket is closed. */
#include "socket/socket.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct nski_path {
  pid_t maker;           /* a forked child removes nothing of its parent's */
  uint64_t device, file; /* what it was then */
  char name[];
};

enum { FOLDER_MAX = 4096 }; /* Linux takes no longer path */

/* The file is known by what it is, not only by its name: another process may have put
   its own there since. The name is made absolute, for chdir(2) may come before close. */
nsk_outcome nski_path_of(const char *name, nski_path **made, nsk_error *error) {
  struct stat status;
  char folder[FOLDER_MAX] = "";
  if (lstat(name, &status) < 0) return nski_fail(error, "lstat", errno);
  if (name[0] != '/' && getcwd(folder, sizeof folder) == NULL)
    return nski_fail(error, "getcwd", errno);
  size_t above = strlen(folder), length = strlen(name) + 1;
  nski_path *path = malloc(sizeof *path + above + 1 + length);
  if (path == NULL) return nski_fail_memory(error, "bind");
  path->maker = getpid();
  path->device = (uint64_t)status.st_dev;
  path->file = (uint64_t)status.st_ino;
  snprintf(path->name, above + 1 + length, "%s%s%s", folder, above > 0 ? "/" : "", name);
  *made = path;
  return NSK_DONE;
}

void nski_path_remove(const nski_path *path) {
  struct stat status;
  if (path->maker != getpid() || lstat(path->name, &status) < 0) return;
  if ((uint64_t)status.st_dev == path->device && (uint64_t)status.st_ino == path->file)
    unlink(path->name);
}
