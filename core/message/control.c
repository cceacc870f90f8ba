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

bool nski_control_walk(const nsk_control *control, size_t *at, nsk_cmsg *cmsg) {
  struct cmsghdr header;
  size_t left = control->end - *at;
  unsigned char *from = control->buffer + *at;
  if (left < sizeof header) return false;
  memcpy(&header, from, sizeof header);
  if (header.cmsg_len < CMSG_LEN(0) || header.cmsg_len > left) return false;
  size_t length = header.cmsg_len - CMSG_LEN(0);
  *cmsg = (nsk_cmsg){.level = header.cmsg_level,
                     .type = header.cmsg_type,
                     .length = length,
                     .data = from + CMSG_LEN(0)};
  /* The next message begins at the next aligned place, if there is one. */
  *at += CMSG_SPACE(length) < left ? CMSG_SPACE(length) : left;
  return true;
}

static bool is_rights(const nsk_cmsg *cmsg) {
  return cmsg->level == SOL_SOCKET && cmsg->type == SCM_RIGHTS;
}

size_t nski_control_clear(nsk_control *control) {
  nsk_cmsg cmsg;
  size_t at = control->start, fds = 0;
  while (at < control->received_end && nski_control_walk(control, &at, &cmsg)) {
    if (!nsk_cmsg_has_fds(&cmsg)) continue;
    nski_close_received(cmsg.data, cmsg.length);
    fds += nsk_cmsg_fds(&cmsg);
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
  nsk_cmsg cmsg;
  size_t at = 0;
  control->start = control->count = 0;
  control->end = control->received_end = length;
  while (nski_control_walk(control, &at, &cmsg)) {
    control->count++;
    if (nsk_cmsg_has_fds(&cmsg)) set_cloexec(cmsg.data, cmsg.length);
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

/* Where a message may begin that comes after so many bytes. */
static size_t aligned(size_t end) {
  const size_t unit = CMSG_SPACE(1) - CMSG_SPACE(0);
  return (end + unit - 1) / unit * unit;
}

nsk_outcome nsk_control_push(nsk_control *control, const nsk_cmsg *cmsg,
                             nsk_error *error) {
  struct cmsghdr header;
  size_t space = CMSG_SPACE(cmsg->length);
  if (cmsg->data == NULL || cmsg->taken)
    return nsk_error_argument(error, "push", "cmsg", "its descriptors have been taken");
  use_again(control);
  /* A received one that was cut short may end anywhere. */
  size_t at = aligned(control->end);
  if (!nski_control_reserve(control, at + space)) return nski_fail_memory(error, "push");
  memset(control->buffer + control->end, 0, at + space - control->end);
  unsigned char *to = control->buffer + at;
  memset(&header, 0, sizeof header);
  header.cmsg_level = cmsg->level;
  header.cmsg_type = cmsg->type;
  header.cmsg_len = (NSK_CMSGLEN)CMSG_LEN(cmsg->length);
  memcpy(to, &header, sizeof header);
  memcpy(to + CMSG_LEN(0), cmsg->data, cmsg->length);
  control->end = at + space;
  control->count++;
  return NSK_DONE;
}

void nsk_control_drop(nsk_control *control) {
  nsk_cmsg first;
  if (!nski_control_walk(control, &control->start, &first)) return;
  control->shifted++;
  control->count--;
  if (control->start == control->end) nski_control_clear(control);
}

nsk_outcome nsk_control_shift(nsk_control *control, nsk_cmsg *cmsg, nsk_error *error) {
  nsk_cmsg first;
  size_t at = control->start;
  if (!nski_control_walk(control, &at, &first)) return NSK_END;
  nsk_outcome outcome =
      nsk_cmsg_make(cmsg, first.level, first.type, first.data, first.length, error);
  if (outcome != NSK_DONE) return outcome;
  cmsg->owned = control->start < control->received_end && nsk_cmsg_has_fds(cmsg);
  nsk_control_drop(control);
  return NSK_DONE;
}

size_t nski_control_fds(const nsk_control *control) {
  nsk_cmsg cmsg;
  size_t at = control->start, fds = 0;
  while (nski_control_walk(control, &at, &cmsg))
    if (is_rights(&cmsg)) fds += nsk_cmsg_fds(&cmsg);
  return fds;
}

size_t nski_control_take_fds(nsk_control *control, int *fds) {
  static const int taken = -1;
  nsk_cmsg cmsg;
  size_t at = control->start, count = 0;
  while (nski_control_walk(control, &at, &cmsg)) {
    unsigned char *data = cmsg.data;
    size_t bytes = is_rights(&cmsg) ? cmsg.length : 0;
    for (; bytes >= sizeof taken; data += sizeof taken, bytes -= sizeof taken) {
      memcpy(&fds[count++], data, sizeof taken);
      memcpy(data, &taken, sizeof taken);
    }
  }
  return count;
}
