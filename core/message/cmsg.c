/* One control message, and the descriptors that may be in it. */
#include "message/message.h"

#include <stdlib.h>
#include <string.h>

enum { CMSG_DATA_MAX = 1 << 20 }; /* far above any optmem_max */

static void clear(nsk_cmsg *cmsg) {
  memset(cmsg, 0, sizeof *cmsg);
}

/* A data pointer is always there, so that no reader has to ask. */
static bool store(nsk_cmsg *cmsg, int level, int type, const void *data, size_t length) {
  clear(cmsg);
  cmsg->data = malloc(length > 0 ? length : 1);
  if (cmsg->data == NULL) return false;
  if (length > 0) memcpy(cmsg->data, data, length);
  cmsg->level = level;
  cmsg->type = type;
  cmsg->length = length;
  return true;
}

nsk_outcome nsk_cmsg_make(nsk_cmsg *cmsg, int64_t level, int64_t type, const void *data,
                          size_t length, nsk_error *error) {
  if (!nski_int_fits(level, "cmsghdr", "level", error) ||
      !nski_int_fits(type, "cmsghdr", "type", error))
    return NSK_FAILED;
  if (length > CMSG_DATA_MAX)
    return nsk_error_argument(error, "cmsghdr", "data", "is longer than 1 MiB");
  if (!store(cmsg, (int)level, (int)type, data, length))
    return nski_fail_memory(error, "cmsghdr");
  return NSK_DONE;
}

nsk_outcome nsk_cmsg_make_rights(nsk_cmsg *cmsg, const int64_t *fds, size_t count,
                                 nsk_error *error) {
  int numbers[NSK_RIGHTS_MAX];
  if (count < 1 || count > NSK_RIGHTS_MAX)
    return nsk_error_argument(error, "rights", "fd", "takes 1..253 descriptors");
  for (size_t i = 0; i < count; i++) {
    if (!nski_valid_fd(fds[i], "rights", error)) return NSK_FAILED;
    numbers[i] = (int)fds[i];
  }
  return nsk_cmsg_make(cmsg, SOL_SOCKET, SCM_RIGHTS, numbers, count * sizeof(int), error);
}

bool nsk_cmsg_has_fds(const nsk_cmsg *cmsg) {
  return nsk_cmsg_kind_of(cmsg->level, cmsg->type) == NSK_CMSG_RIGHTS;
}

size_t nsk_cmsg_fds(const nsk_cmsg *cmsg) {
  return nsk_cmsg_has_fds(cmsg) ? cmsg->length / sizeof(int) : 0;
}

int nsk_cmsg_fd(const nsk_cmsg *cmsg, size_t i) {
  int fd;
  memcpy(&fd, cmsg->data + i * sizeof fd, sizeof fd);
  return fd;
}

void nsk_cmsg_take(nsk_cmsg *cmsg) {
  cmsg->owned = false;
  cmsg->taken = true;
}

/* A negative number is none: taken, or the error that SCM_PIDFD has of a dead process. */
void nski_close_received(const unsigned char *fds, size_t bytes) {
  int fd;
  for (; bytes >= sizeof fd; fds += sizeof fd, bytes -= sizeof fd) {
    memcpy(&fd, fds, sizeof fd);
    if (fd >= 0) nski_close_fd(fd);
  }
}

void nsk_cmsg_free(nsk_cmsg *cmsg) {
  if (cmsg->owned) nski_close_received(cmsg->data, cmsg->length);
  free(cmsg->data);
  clear(cmsg);
}
