/* What the kernel has to tell about what was sent: the error queue. */
#include "message/message.h"

#include <stdlib.h>
#include <string.h>

/* An entry in a buffer: the control data, whose length is kept as `segment`, and from
   CONTROL_ROOM on the bytes that were sent. */
enum { CONTROL_ROOM = 512, SENT_ROOM = 65536 };
_Static_assert(offsetof(nsk_buffer, data) % _Alignof(struct cmsghdr) == 0,
               "control data are where their headers may be");

/* Elsewhere the flag is unknown, and the receive would take a message. */
static bool has_queue(const nsk_socket *s) {
#ifdef AF_PACKET
  if (s->family == AF_PACKET) return MSG_ERRQUEUE != 0;
#endif
  return MSG_ERRQUEUE != 0 && (s->family == AF_INET || s->family == AF_INET6);
}

#ifdef SCM_TIMESTAMPING
static bool time_in(const struct timespec *time, int64_t *nanoseconds) {
  *nanoseconds = (int64_t)time->tv_sec * 1000000000 + time->tv_nsec;
  return *nanoseconds != 0;
}
#endif

/* The system's time, a second one that is out of use, and the device's; 0 is none. */
static void take_times(const nsk_cmsg *cmsg, nsk_queued *queued) {
#ifdef SCM_TIMESTAMPING
  struct timespec times[3];
  if (cmsg->level != SOL_SOCKET || cmsg->type != SCM_TIMESTAMPING) return;
  memcpy(times, cmsg->data, sizeof times);
  queued->has_time = time_in(&times[0], &queued->time_ns);
  queued->has_device_time = time_in(&times[2], &queued->device_time_ns);
#else
  (void)cmsg, (void)queued;
#endif
}

static void decode(nsk_buffer *buffer, nsk_queued *queued) {
  nsk_control control = {.buffer = buffer->data, .end = buffer->segment};
  nsk_cmsg cmsg;
  size_t at = 0;
  *queued = (nsk_queued){.to = &buffer->from,
                         .bytes = buffer->data + CONTROL_ROOM,
                         .length = buffer->length};
  while (nski_control_walk(&control, &at, &cmsg)) {
    nsk_cmsg_value value;
    nsk_cmsg_kind kind = nsk_cmsg_decode(&cmsg, &value);
    if (kind == NSK_CMSG_QUEUED) queued->error = value;
    if (kind == NSK_CMSG_TIME) take_times(&cmsg, queued);
  }
}

static nsk_outcome receive_entry(const nsk_socket *s, nsk_buffer *buffer,
                                 nsk_error *error) {
  struct iovec piece = {buffer->data + CONTROL_ROOM, SENT_ROOM};
  ssize_t got;
  socklen_t length;
  struct msghdr wire = {.msg_name = nski_addr_space(&buffer->from, &length),
                        .msg_iov = &piece,
                        .msg_iovlen = 1,
                        .msg_control = buffer->data,
                        .msg_controllen = CONTROL_ROOM};
  wire.msg_namelen = length;
  do
    got = recvmsg(s->fd, &wire, MSG_ERRQUEUE | MSG_DONTWAIT);
  while (got < 0 && errno == EINTR);
  if (got < 0) return nski_not_done(error, "recvmsg", errno);
  nski_addr_filled(&buffer->from, wire.msg_namelen);
  if (buffer->from.length <= sizeof(sa_family_t)) buffer->from.length = 0;
  buffer->length = (size_t)got;
  buffer->segment = wire.msg_controllen;
  return NSK_DONE;
}

/* The kernel takes no second look at an entry, so there is room for the longest before it
   is known how long this one is. */
static nsk_buffer *cut_to_fit(nsk_buffer *buffer) {
  size_t size = CONTROL_ROOM + buffer->length;
  nsk_buffer *less = realloc(buffer, sizeof *less + size);
  if (less == NULL) return buffer;
  less->capacity = size;
  return less;
}

nsk_outcome nsk_socket_errqueue(nsk_socket *s, nsk_buffer **buffer, nsk_queued *queued,
                                nsk_error *error) {
  if (s->fd < 0) return nski_fail(error, "recvmsg", EBADF);
  if (!has_queue(s)) {
    nski_fail(error, "recvmsg", EOPNOTSUPP);
    nski_error_say(error, "sockets of this family have no error queue");
    return NSK_FAILED;
  }
  *buffer = nski_queued_take(s);
  if (*buffer == NULL) {
    if (!nsk_buffer_reserve(buffer, SENT_ROOM + CONTROL_ROOM))
      return nski_fail_memory(error, "recvmsg");
    nsk_outcome outcome = receive_entry(s, *buffer, error);
    if (outcome != NSK_DONE) {
      nsk_buffer_free(*buffer);
      *buffer = NULL;
      return outcome;
    }
    *buffer = cut_to_fit(*buffer);
  }
  decode(*buffer, queued);
  return NSK_DONE;
}
