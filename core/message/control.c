/*
 * Control messages in a queue, in the form that the kernel reads and writes. The walk
 * goes by the lengths alone: what the kernel delivers may be cut short anywhere.
 */
#include "message/message.h"

#include <stdlib.h>
#include <string.h>

void nsk_control_init(nsk_control *control) {
  memset(control, 0, sizeof *control);
}

/* Where the message at `at` ends, or 0 when there is no whole header. */
static size_t header_at(const nsk_control *control, size_t at, struct cmsghdr *header) {
  if (control->end - at < sizeof *header) return 0;
  memcpy(header, control->buffer + at, sizeof *header);
  size_t length = header->cmsg_len;
  if (length < CMSG_LEN(0) || length > control->end - at) return 0;
  return at + length;
}

/* The next message begins at the next aligned place. */
static size_t after(const nsk_control *control, size_t at, size_t length) {
  size_t next = at + CMSG_SPACE(length - CMSG_LEN(0));
  return next < control->end ? next : control->end;
}

static bool is_rights(const struct cmsghdr *header) {
  return header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_RIGHTS;
}

static bool has_fds(const struct cmsghdr *header) {
  return nsk_cmsg_kind_of(header->cmsg_level, header->cmsg_type) == NSK_CMSG_RIGHTS;
}

/* A negative number is none: taken, or the error that SCM_PIDFD has of a dead process. */
void nski_close_received(const unsigned char *fds, size_t bytes) {
  int fd;
  for (; bytes >= sizeof fd; fds += sizeof fd, bytes -= sizeof fd) {
    memcpy(&fd, fds, sizeof fd);
    if (fd >= 0) nski_close_fd(fd);
  }
}

size_t nski_control_clear(nsk_control *control) {
  struct cmsghdr header;
  size_t at = control->start, fds = 0;
  while (at < control->received_end && header_at(control, at, &header) != 0) {
    size_t bytes = header.cmsg_len - CMSG_LEN(0);
    if (has_fds(&header)) {
      nski_close_received(control->buffer + at + CMSG_LEN(0), bytes);
      fds += bytes / sizeof(int);
    }
    at = after(control, at, header.cmsg_len);
  }
  control->shifted += control->count;
  control->start = control->end = control->received_end = control->count = 0;
  return fds;
}

void nsk_control_free(nsk_control *control) {
  nski_control_clear(control);
  free(control->buffer);
  nsk_control_init(control);
}

bool nski_control_reserve(nsk_control *control, size_t capacity) {
  if (control->capacity >= capacity) return true;
  unsigned char *buffer = realloc(control->buffer, capacity);
  if (buffer == NULL) return false;
  control->buffer = buffer;
  control->capacity = capacity;
  return true;
}

/* Where recvmsg(2) cannot do it (MSG_CMSG_CLOEXEC), this is the next best. */
static void set_cloexec(const unsigned char *data, size_t length) {
  int fd;
  if (MSG_CMSG_CLOEXEC != 0) return;
  for (; length >= sizeof fd; data += sizeof fd, length -= sizeof fd) {
    memcpy(&fd, data, sizeof fd);
    fcntl(fd, F_SETFD, FD_CLOEXEC);
  }
}

void nski_control_received(nsk_control *control, size_t length) {
  struct cmsghdr header;
  control->start = control->count = 0;
  control->end = control->received_end = length;
  for (size_t at = 0; header_at(control, at, &header) != 0;
       at = after(control, at, header.cmsg_len)) {
    control->count++;
    if (has_fds(&header))
      set_cloexec(control->buffer + at + CMSG_LEN(0), header.cmsg_len - CMSG_LEN(0));
  }
}

void nski_control_move(nsk_control *to, nsk_control *received) {
  nski_control_clear(to);
  if (received->end > 0) memcpy(to->buffer, received->buffer, received->end);
  to->end = to->received_end = received->end;
  to->count = received->count;
  received->end = received->received_end = received->count = 0;
}

/* What was shifted leaves room for what is pushed. */
static void use_again(nsk_control *control) {
  size_t start = control->start;
  if (start <= control->end / 2) return;
  memmove(control->buffer, control->buffer + start, control->end - start);
  control->received_end =
      control->received_end > start ? control->received_end - start : 0;
  control->end -= start;
  control->start = 0;
}

nsk_outcome nsk_control_push(nsk_control *control, const nsk_cmsg *cmsg,
                             nsk_error *error) {
  struct cmsghdr header;
  size_t space = CMSG_SPACE(cmsg->length);
  if (cmsg->data == NULL || cmsg->taken)
    return nsk_error_argument(error, "push", "cmsg", "its descriptors have been taken");
  use_again(control);
  if (!nski_control_reserve(control, control->end + space))
    return nski_fail_memory(error, "push");
  unsigned char *to = control->buffer + control->end;
  memset(to, 0, space);
  memset(&header, 0, sizeof header);
  header.cmsg_level = cmsg->level;
  header.cmsg_type = cmsg->type;
  header.cmsg_len = (NSK_CMSGLEN)CMSG_LEN(cmsg->length);
  memcpy(to, &header, sizeof header);
  memcpy(to + CMSG_LEN(0), cmsg->data, cmsg->length);
  control->end += space;
  control->count++;
  return NSK_DONE;
}

void nsk_control_drop(nsk_control *control) {
  struct cmsghdr header;
  if (header_at(control, control->start, &header) == 0) return;
  control->start = after(control, control->start, header.cmsg_len);
  control->shifted++;
  control->count--;
  if (control->start == control->end) nski_control_clear(control);
}

nsk_outcome nsk_control_shift(nsk_control *control, nsk_cmsg *cmsg, nsk_error *error) {
  struct cmsghdr header;
  if (header_at(control, control->start, &header) == 0) return NSK_END;
  nsk_outcome outcome = nsk_cmsg_make(cmsg, header.cmsg_level, header.cmsg_type,
                                      control->buffer + control->start + CMSG_LEN(0),
                                      header.cmsg_len - CMSG_LEN(0), error);
  if (outcome != NSK_DONE) return outcome;
  cmsg->owned = control->start < control->received_end && nsk_cmsg_has_fds(cmsg);
  nsk_control_drop(control);
  return NSK_DONE;
}

size_t nski_control_fds(const nsk_control *control) {
  struct cmsghdr header;
  size_t fds = 0;
  for (size_t at = control->start; header_at(control, at, &header) != 0;
       at = after(control, at, header.cmsg_len))
    if (is_rights(&header)) fds += (header.cmsg_len - CMSG_LEN(0)) / sizeof(int);
  return fds;
}

int nski_control_take_fd(nsk_control *control) {
  static const int taken = -1;
  struct cmsghdr header;
  int fd = -1;
  for (size_t at = control->start; fd < 0 && header_at(control, at, &header) != 0;
       at = after(control, at, header.cmsg_len)) {
    unsigned char *data = control->buffer + at + CMSG_LEN(0);
    if (!is_rights(&header) || header.cmsg_len < CMSG_LEN(sizeof fd)) continue;
    memcpy(&fd, data, sizeof fd);
    memcpy(data, &taken, sizeof taken);
  }
  return fd;
}
