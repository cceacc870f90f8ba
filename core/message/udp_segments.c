/* Datagrams that the system divides when they go (UDP_SEGMENT) and joins when they come
   (UDP_GRO). */
#include <string.h>

#include "message/packets.h"

bool nski_is_udp(const nsk_socket *s) {
  bool inet = s->family == AF_INET || s->family == AF_INET6;
  return inet && s->type == SOCK_DGRAM &&
         (s->protocol == 0 || s->protocol == IPPROTO_UDP);
}

/* An int's value, or the flags that a longer one begins with; -1: the system lacks it. */
static int value_of(const nsk_socket *s, int level, int name) {
  int value = 0;
  socklen_t length = sizeof value;
  return getsockopt(s->fd, level, name, &value, &length) == 0 ? value : -1;
}

/* A kernel that does not know UDP_SEGMENT ignores it in a message and sends all as one
   datagram, so it is asked first. A size that the program has set, and what is held back
   by UDP_CORK or MSG_MORE, would be divided in another way; a time is told, and a
   completion counted, once for a message and not for each segment. */
bool nski_may_segment(const nsk_socket *s, int flags) {
#ifdef UDP_SEGMENT
  const int harmless = MSG_DONTWAIT | MSG_NOSIGNAL | MSG_DONTROUTE | MSG_CONFIRM;
  return nski_is_udp(s) && (flags & ~harmless) == 0 &&
         value_of(s, IPPROTO_UDP, UDP_SEGMENT) == 0 &&
         value_of(s, IPPROTO_UDP, UDP_CORK) == 0 &&
         value_of(s, SOL_SOCKET, SO_TIMESTAMPING) == 0;
#else
  (void)s, (void)flags;
  return false;
#endif
}

bool nski_joins(const nsk_socket *s) {
#ifdef UDP_GRO
  return nski_is_udp(s) && value_of(s, IPPROTO_UDP, UDP_GRO) > 0;
#else
  (void)s;
  return false;
#endif
}

void nski_segment_by(struct msghdr *wire, nski_segment_control *control, size_t size) {
#ifdef UDP_SEGMENT
  uint16_t bytes = (uint16_t)size;
  memset(control, 0, sizeof *control);
  wire->msg_control = control;
  wire->msg_controllen = sizeof control->bytes;
  control->align.cmsg_level = IPPROTO_UDP;
  control->align.cmsg_type = UDP_SEGMENT;
  control->align.cmsg_len = CMSG_LEN(sizeof bytes);
  memcpy(CMSG_DATA(&control->align), &bytes, sizeof bytes);
#else
  (void)wire, (void)control, (void)size;
#endif
}

size_t nski_segment_of(const struct msghdr *wire) {
#ifdef UDP_GRO
  nsk_control control = {.buffer = wire->msg_control, .end = wire->msg_controllen};
  nsk_cmsg cmsg;
  size_t at = 0;
  while (nski_control_walk(&control, &at, &cmsg)) {
    int size;
    if (cmsg.level != IPPROTO_UDP || cmsg.type != UDP_GRO) continue;
    if (cmsg.length < sizeof size) continue;
    memcpy(&size, cmsg.data, sizeof size);
    return size > 0 ? (size_t)size : 0;
  }
#else
  (void)wire;
#endif
  return 0;
}
