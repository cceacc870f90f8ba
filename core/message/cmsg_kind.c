/* Which control messages there are, by level and type. */
#include "message/message.h"

/* Each kind by level and type, with the least number of bytes that it has. */
static const struct {
  int level, type;
  nsk_cmsg_kind kind;
  size_t least;
} kinds[] = {
    {SOL_SOCKET, SCM_RIGHTS, NSK_CMSG_RIGHTS, 0},
#ifdef NSK_SCM_PIDFD
    {SOL_SOCKET, NSK_SCM_PIDFD, NSK_CMSG_RIGHTS, 0},
#endif
#ifdef SCM_CREDENTIALS
    {SOL_SOCKET, SCM_CREDENTIALS, NSK_CMSG_CREDENTIALS, sizeof(struct ucred)},
#endif
#ifdef SCM_TIMESTAMP
    {SOL_SOCKET, SCM_TIMESTAMP, NSK_CMSG_TIME, sizeof(struct timeval)},
#endif
#ifdef SCM_TIMESTAMPNS
    {SOL_SOCKET, SCM_TIMESTAMPNS, NSK_CMSG_TIME, sizeof(struct timespec)},
#endif
#ifdef SCM_TIMESTAMPING
    {SOL_SOCKET, SCM_TIMESTAMPING, NSK_CMSG_TIME, 3 * sizeof(struct timespec)},
#endif
#ifdef IP_PKTINFO
    {IPPROTO_IP, IP_PKTINFO, NSK_CMSG_PKTINFO, sizeof(struct in_pktinfo)},
#endif
#ifdef IPV6_PKTINFO
    {IPPROTO_IPV6, IPV6_PKTINFO, NSK_CMSG_PKTINFO, sizeof(struct in6_pktinfo)},
#endif
#ifdef IP_ORIGDSTADDR
    {IPPROTO_IP, IP_ORIGDSTADDR, NSK_CMSG_ADDRESS, sizeof(struct sockaddr_in)},
#endif
#ifdef IPV6_ORIGDSTADDR
    {IPPROTO_IPV6, IPV6_ORIGDSTADDR, NSK_CMSG_ADDRESS, sizeof(struct sockaddr_in6)},
#endif
#ifdef NSK_HAVE_ERRQUEUE
    {IPPROTO_IP, IP_RECVERR, NSK_CMSG_QUEUED, sizeof(struct sock_extended_err)},
    {IPPROTO_IPV6, IPV6_RECVERR, NSK_CMSG_QUEUED, sizeof(struct sock_extended_err)},
#ifdef PACKET_TX_TIMESTAMP
    {SOL_PACKET, PACKET_TX_TIMESTAMP, NSK_CMSG_QUEUED, sizeof(struct sock_extended_err)},
#endif
#endif
    {IPPROTO_IP, IP_TTL, NSK_CMSG_INTEGER, 1},
    {IPPROTO_IP, IP_TOS, NSK_CMSG_INTEGER, 1},
#ifdef IP_RECVTTL
    {IPPROTO_IP, IP_RECVTTL, NSK_CMSG_INTEGER, 1}, /* what BSD calls the message */
#endif
#ifdef IPV6_HOPLIMIT
    {IPPROTO_IPV6, IPV6_HOPLIMIT, NSK_CMSG_INTEGER, sizeof(int)},
#endif
#ifdef IPV6_TCLASS
    {IPPROTO_IPV6, IPV6_TCLASS, NSK_CMSG_INTEGER, sizeof(int)},
#endif
#ifdef SO_RXQ_OVFL
    {SOL_SOCKET, SO_RXQ_OVFL, NSK_CMSG_INTEGER, sizeof(uint32_t)},
#endif
#ifdef SO_MARK
    {SOL_SOCKET, SO_MARK, NSK_CMSG_INTEGER, sizeof(uint32_t)},
#endif
#ifdef SO_PRIORITY
    {SOL_SOCKET, SO_PRIORITY, NSK_CMSG_INTEGER, sizeof(uint32_t)},
#endif
#ifdef UDP_GRO
    {IPPROTO_UDP, UDP_GRO, NSK_CMSG_INTEGER, sizeof(int)},
#endif
#ifdef UDP_SEGMENT
    {IPPROTO_UDP, UDP_SEGMENT, NSK_CMSG_INTEGER, sizeof(uint16_t)},
#endif
};

enum { KINDS = sizeof kinds / sizeof kinds[0] };

static size_t find(int level, int type) {
  size_t i = 0;
  while (i < KINDS && (kinds[i].level != level || kinds[i].type != type))
    i++;
  return i;
}

size_t nski_cmsg_least(int level, int type) {
  size_t i = find(level, type);
  return i < KINDS ? kinds[i].least : 0;
}

nsk_cmsg_kind nsk_cmsg_kind_of(int level, int type) {
  size_t i = find(level, type);
  return i < KINDS ? kinds[i].kind : NSK_CMSG_BYTES;
}

/* Of its own times the kernel is told which to take. */
nsk_cmsg_kind nsk_cmsg_made_of(int level, int type) {
#ifdef SCM_TIMESTAMPING
  if (level == SOL_SOCKET && type == SCM_TIMESTAMPING) return NSK_CMSG_INTEGER;
#endif
  return nsk_cmsg_kind_of(level, type);
}
