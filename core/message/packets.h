/* Many packets in one system call, or in as many as there are packets: packets_mmsg.c
   and packets_each.c, of which a build has one. */
#ifndef NSK_PACKETS_H
#define NSK_PACKETS_H

#include <string.h>

#include "message/message.h"

#ifdef NSK_HAVE_MMSG
typedef struct mmsghdr nski_header;
#else
typedef struct {
  struct msghdr msg_hdr;
  unsigned msg_len;
} nski_header;
#endif

/* What errors name. */
#ifdef NSK_HAVE_MMSG
#define NSKI_SENDMANY "sendmmsg"
#define NSKI_RECVMANY "recvmmsg"
#else
#define NSKI_SENDMANY "sendmsg"
#define NSKI_RECVMANY "recvmsg"
#endif

/* How many have gone, in their order; -1 with errno: none, for that reason. */
int nski_send_packets(int fd, nski_header *headers, size_t count, int flags);

/* How many have come; -1 with errno. A call that may wait does so for the first only. */
int nski_receive_packets(int fd, nski_header *headers, size_t count, int flags);

static inline bool nski_same_bytes(const nsk_addr *a, const nsk_addr *b) {
  return a->length == b->length && memcmp(a->bytes, b->bytes, a->length) == 0;
}

nsk_outcome nski_refuse_stream(const char *op, nsk_error *error);

/* udp_segments.c: whether the socket sends and receives datagrams of UDP, which the
   system can divide and join. */
bool nski_is_udp(const nsk_socket *s);

/* Whether what this socket sends may go as segments of one message: the system can do
   that, and no option and no flag counts messages. */
bool nski_may_segment(const nsk_socket *s, int flags);

/* Whether the system joins what the socket receives (UDP_GRO). */
bool nski_joins(const nsk_socket *s);

/* A message for its segments and the control data that say so. */
typedef union {
  struct cmsghdr align;
  unsigned char bytes[CMSG_SPACE(sizeof(uint16_t))];
} nski_segment_control;
void nski_segment_by(struct msghdr *wire, nski_segment_control *control, size_t size);

/* The size of the segments of a received message; 0: it is one. */
size_t nski_segment_of(const struct msghdr *wire);

#endif
