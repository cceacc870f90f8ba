/* The unix path that goes when its socket is closed. */
#include "internal.h"

#include <string.h>

enum { FOLDER_MAX = 4096 }; /* Linux takes no longer path */

/* The file is known by what it is, not only by its name: another process may have put
   its own there since. The name is made absolute, for chdir(2) may come before close. */
nsk_outcome nsk_path_remember(nsk_socket *s, const char *path, nsk_error *error) {
  struct stat status;
  nsk_buffer *buffer = NULL;
  char folder[FOLDER_MAX] = "";
  if (lstat(path, &status) < 0) return nsk_fail(error, "lstat", errno);
  if (path[0] != '/' && getcwd(folder, sizeof folder) == NULL)
    return nsk_fail(error, "getcwd", errno);
  size_t above = strlen(folder), length = strlen(path) + 1;
  if (!nsk_buffer_reserve(&buffer, above + 1 + length))
    return nsk_fail_memory(error, "bind");
  memcpy(buffer->data, folder, above);
  if (above > 0) buffer->data[above++] = '/';
  memcpy(buffer->data + above, path, length);
  buffer->device = (uint64_t)status.st_dev;
  buffer->file = (uint64_t)status.st_ino;
  buffer->maker = getpid();
  buffer->is_path = true;
  buffer->next = NULL;
  s->side = buffer; /* a fresh socket carries nothing yet */
  return NSK_DONE;
}

void nsk_path_remove(const nsk_buffer *buffer) {
  const char *path = (const char *)buffer->data;
  struct stat status;
  if (buffer->maker != getpid() || lstat(path, &status) < 0) return;
  if ((uint64_t)status.st_dev == buffer->device &&
      (uint64_t)status.st_ino == buffer->file)
    unlink(path);
}
