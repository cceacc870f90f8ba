/* What control messages mean: their bytes as values, and values as bytes. */
#include "message/message.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

static void set_time(nsk_cmsg_value *value, struct timespec time) {
  value->seconds = time.tv_sec;
  value->nanoseconds = time.tv_nsec;
}

static void decode_time(const nsk_cmsg *cmsg, nsk_cmsg_value *value) {
#ifdef SCM_TIMESTAMPNS
  if (cmsg->type == SCM_TIMESTAMPNS) {
    struct timespec time;
    memcpy(&time, cmsg->data, sizeof time);
    set_time(value, time);
    return;
  }
#endif
#ifdef SCM_TIMESTAMPING
  /* The system's time, a second one that is out of use, and the device's; 0 is none. */
  if (cmsg->type == SCM_TIMESTAMPING) {
    struct timespec times[3];
    memcpy(times, cmsg->data, sizeof times);
    set_time(value, times[0].tv_sec != 0 ? times[0] : times[2]);
    return;
  }
#endif
  struct timeval time;
  memcpy(&time, cmsg->data, sizeof time);
  value->seconds = time.tv_sec;
  /* Data that a program has made up may hold any number. */
  value->nanoseconds = (int64_t)((uint64_t)time.tv_usec * 1000);
}

/* IP_TOS comes as one byte, UDP_SEGMENT has two; a socket's own are without a sign. */
static void decode_integer(const nsk_cmsg *cmsg, nsk_cmsg_value *value) {
  int number = cmsg->data[0];
  uint16_t two;
  if (cmsg->length >= sizeof number) {
    memcpy(&number, cmsg->data, sizeof number);
  } else if (cmsg->length >= sizeof two) {
    memcpy(&two, cmsg->data, sizeof two);
    number = two;
  }
  value->integer = cmsg->level == SOL_SOCKET ? (int64_t)(uint32_t)number : number;
}

static void decode_credentials(const nsk_cmsg *cmsg, nsk_cmsg_value *value) {
#ifdef SCM_CREDENTIALS
  struct ucred credentials;
  memcpy(&credentials, cmsg->data, sizeof credentials);
  value->pid = (uint32_t)credentials.pid;
  value->uid = credentials.uid;
  value->gid = credentials.gid;
#else
  (void)cmsg, (void)value;
#endif
}

static void set_addr(nsk_addr *addr, int family, const void *host) {
  nski_addr_any(addr, family, true, 0);
  if (family == AF_INET)
    memcpy(&((struct sockaddr_in *)(void *)addr->bytes)->sin_addr, host,
           sizeof(struct in_addr));
  else
    memcpy(&((struct sockaddr_in6 *)(void *)addr->bytes)->sin6_addr, host,
           sizeof(struct in6_addr));
}

static void decode_pktinfo(const nsk_cmsg *cmsg, nsk_cmsg_value *value) {
#ifdef IP_PKTINFO
  if (cmsg->level == IPPROTO_IP) {
    struct in_pktinfo info;
    memcpy(&info, cmsg->data, sizeof info);
    value->ifindex = (uint32_t)info.ipi_ifindex;
    set_addr(&value->addr, AF_INET, &info.ipi_addr);
    set_addr(&value->local, AF_INET, &info.ipi_spec_dst);
    return;
  }
#endif
#ifdef IPV6_PKTINFO
  struct in6_pktinfo info;
  memcpy(&info, cmsg->data, sizeof info);
  value->ifindex = info.ipi6_ifindex;
  set_addr(&value->addr, AF_INET6, &info.ipi6_addr);
#endif
}

/* Data that a program has made up may name any family: that of the level counts. */
static void decode_address(const nsk_cmsg *cmsg, nsk_cmsg_value *value) {
  bool six = cmsg->level == IPPROTO_IPV6;
  size_t size = six ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in);
  memcpy(value->addr.bytes, cmsg->data, size);
  ((struct sockaddr *)(void *)value->addr.bytes)->sa_family = six ? AF_INET6 : AF_INET;
  value->addr.length = (uint32_t)size;
}

#ifdef NSK_HAVE_ERRQUEUE
static const char *const origins[] = {"none",         "local",    "icmp",  "icmp6",
                                      "timestamping", "zerocopy", "txtime"};
static const char *const events[] = {"sent", "scheduled", "acknowledged"};
#define NAME_IN(names, i) ((i) < sizeof(names) / sizeof(names)[0] ? (names)[i] : NULL)
#endif

/* Behind the error is the address of who has reported it, where there is such a one. */
static void decode_queued(const nsk_cmsg *cmsg, nsk_cmsg_value *value) {
#ifdef NSK_HAVE_ERRQUEUE
  struct sock_extended_err queued;
  sa_family_t family = AF_UNSPEC;
  memcpy(&queued, cmsg->data, sizeof queued);
  value->code_of_error = queued.ee_errno;
  value->origin = NAME_IN(origins, queued.ee_origin);
  value->type = queued.ee_type;
  value->code = queued.ee_code;
  value->info = queued.ee_info;
  value->data = queued.ee_data;
  if (queued.ee_origin == SO_EE_ORIGIN_TIMESTAMPING) {
    value->event = NAME_IN(events, queued.ee_info);
    return; /* what is behind it is this host's address */
  }
  size_t length = cmsg->length - sizeof queued;
  if (length >= sizeof family) memcpy(&family, cmsg->data + sizeof queued, sizeof family);
  size_t size = family == AF_INET    ? sizeof(struct sockaddr_in)
                : family == AF_INET6 ? sizeof(struct sockaddr_in6)
                                     : SIZE_MAX;
  if (length < size) return;
  memcpy(value->addr.bytes, cmsg->data + sizeof queued, size);
  value->addr.length = (uint32_t)size;
#else
  (void)cmsg, (void)value;
#endif
}

nsk_cmsg_kind nsk_cmsg_decode(const nsk_cmsg *cmsg, nsk_cmsg_value *value) {
  nsk_cmsg_kind kind = nsk_cmsg_kind_of(cmsg->level, cmsg->type);
  memset(value, 0, sizeof *value);
  if (cmsg->length < nski_cmsg_least(cmsg->level, cmsg->type)) return NSK_CMSG_BYTES;
  switch (kind) {
    case NSK_CMSG_INTEGER:
      decode_integer(cmsg, value);
      break;
    case NSK_CMSG_TIME:
      decode_time(cmsg, value);
      break;
    case NSK_CMSG_CREDENTIALS:
      decode_credentials(cmsg, value);
      break;
    case NSK_CMSG_PKTINFO:
      decode_pktinfo(cmsg, value);
      break;
    case NSK_CMSG_ADDRESS:
      decode_address(cmsg, value);
      break;
    case NSK_CMSG_QUEUED:
      decode_queued(cmsg, value);
      break;
    case NSK_CMSG_RIGHTS:
    case NSK_CMSG_BYTES:
      break;
  }
  return kind;
}

/* ---------------------------------------------------------------- encoding -- */

static nsk_outcome encode_pktinfo(nsk_cmsg *cmsg, int level, int type,
                                  const nsk_cmsg_value *value, nsk_error *error) {
  const void *sockaddr = value->addr.bytes;
  int family = nsk_addr_family(&value->addr);
  if (value->addr.length != 0 && family != (level == IPPROTO_IP ? AF_INET : AF_INET6))
    return nski_fail_at(error, "cmsghdr", EAFNOSUPPORT, &value->addr);
#ifdef IP_PKTINFO
  if (level == IPPROTO_IP) {
    struct in_pktinfo info = {.ipi_ifindex = (NSK_IFINDEX)value->ifindex};
    /* The kernel sends from ipi_spec_dst; ipi_addr is for what was received. */
    if (value->addr.length != 0)
      info.ipi_spec_dst = ((const struct sockaddr_in *)sockaddr)->sin_addr;
    return nsk_cmsg_make(cmsg, level, type, &info, sizeof info, error);
  }
#endif
#ifdef IPV6_PKTINFO
  struct in6_pktinfo info = {.ipi6_ifindex = value->ifindex};
  if (value->addr.length != 0)
    info.ipi6_addr = ((const struct sockaddr_in6 *)sockaddr)->sin6_addr;
  return nsk_cmsg_make(cmsg, level, type, &info, sizeof info, error);
#else
  return nski_fail(error, "cmsghdr", EOPNOTSUPP);
#endif
}

static nsk_outcome encode_credentials(nsk_cmsg *cmsg, int level, int type,
                                      const nsk_cmsg_value *value, nsk_error *error) {
#ifdef SCM_CREDENTIALS
  struct ucred credentials = {(pid_t)value->pid, value->uid, value->gid};
  return nsk_cmsg_make(cmsg, level, type, &credentials, sizeof credentials, error);
#else
  (void)cmsg, (void)level, (void)type, (void)value;
  return nski_fail(error, "cmsghdr", EOPNOTSUPP);
#endif
}

/* The kernel takes each in its own size only: an int, a socket's own without a sign, or
   the two bytes of UDP_SEGMENT. */
static nsk_outcome encode_integer(nsk_cmsg *cmsg, int level, int type, int64_t n,
                                  nsk_error *error) {
  bool two_bytes = nski_cmsg_least(level, type) == sizeof(uint16_t);
  uint16_t small = (uint16_t)n;
  uint32_t number = (uint32_t)n;
  if (two_bytes && (n < 0 || n > UINT16_MAX))
    return nsk_error_argument(error, "cmsghdr", "data", "must be 0..65535");
  if (two_bytes) return nsk_cmsg_make(cmsg, level, type, &small, sizeof small, error);
  if (level != SOL_SOCKET && !nski_int_fits(n, "cmsghdr", "data", error))
    return NSK_FAILED;
  if (level == SOL_SOCKET && (n < 0 || n > UINT32_MAX))
    return nsk_error_argument(error, "cmsghdr", "data", "must be 0..4294967295");
  return nsk_cmsg_make(cmsg, level, type, &number, sizeof number, error);
}

nsk_outcome nsk_cmsg_encode(nsk_cmsg *cmsg, int64_t level, int64_t type,
                            const nsk_cmsg_value *value, nsk_error *error) {
  if (!nski_int_fits(level, "cmsghdr", "level", error) ||
      !nski_int_fits(type, "cmsghdr", "type", error))
    return NSK_FAILED;
  switch (nsk_cmsg_made_of((int)level, (int)type)) {
    case NSK_CMSG_CREDENTIALS:
      return encode_credentials(cmsg, (int)level, (int)type, value, error);
    case NSK_CMSG_PKTINFO:
      return encode_pktinfo(cmsg, (int)level, (int)type, value, error);
    case NSK_CMSG_INTEGER:
      return encode_integer(cmsg, (int)level, (int)type, value->integer, error);
    case NSK_CMSG_BYTES:
    case NSK_CMSG_RIGHTS:
    case NSK_CMSG_TIME:
    case NSK_CMSG_ADDRESS:
    case NSK_CMSG_QUEUED:
      break;
  }
  return nsk_error_argument(error, "cmsghdr", "data", "must be bytes for this type");
}
