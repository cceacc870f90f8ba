/* Socket options and group membership. */
#ifndef NETSOCKET_OPTION_H
#define NETSOCKET_OPTION_H

#include "socket.h"

/* ------------------------------------------------------------------- options -- */

typedef enum {
  NSK_OPT_BOOL,
  NSK_OPT_INT,
  NSK_OPT_U8,      /* 0..255; a byte on some systems */
  NSK_OPT_U32,     /* 0..4294967295 */
  NSK_OPT_U64,     /* a number that the kernel gives; only read */
  NSK_OPT_SECONDS, /* struct timeval */
  NSK_OPT_LINGER,  /* struct linger; -1 is off */
  NSK_OPT_IFNAME,  /* an interface by name or address; absent resets */
  NSK_OPT_STRING,  /* an interface by name; the empty one is none */
  NSK_OPT_NAME,    /* a name of the kernel's own, of 1..15 bytes */
  NSK_OPT_CRED,    /* pid, uid, gid */
  NSK_OPT_FDFLAG,  /* fcntl F_GETFD */
  NSK_OPT_FLFLAG   /* fcntl F_GETFL */
} nsk_option_kind;

typedef struct {
  const char *name;
  nsk_option_kind kind;
  bool writable;
  bool supported;      /* false: not on this system */
  int where;           /* the families and types that have it; option.c reads it */
  int level, option;   /* for IPv4 and the rest */
  int level6, option6; /* for IPv6 */
} nsk_option;

/* The rows of option.def in their order; the last has the name NULL. */
extern const nsk_option nsk_options[];

typedef struct {
  int64_t integer; /* BOOL INT U8 U32 U64 LINGER FDFLAG FLFLAG */
  double seconds;
  bool absent; /* IFNAME, STRING: no value */
  size_t length;
  char text[64]; /* IFNAME, STRING, NAME */
  nsk_addr addr; /* IFNAME, STRING, to be set: an address of it; length 0: none */
  uint32_t pid, uid, gid;
} nsk_value;

/* Reads, sets an option. A failed set leaves the old value and names the option.
   NSK_ARGUMENT: the value is outside the option's range. EAFNOSUPPORT,
   ESOCKTNOSUPPORT: not for this family, type; EOPNOTSUPP: not on this system;
   ENOPROTOOPT, EPERM, EBADF. Source: getsockopt(2), fcntl(2). */
nsk_outcome nsk_option_get(nsk_socket *s, const nsk_option *option, nsk_value *value,
                           nsk_error *error);
nsk_outcome nsk_option_set(nsk_socket *s, const nsk_option *option,
                           const nsk_value *value, nsk_error *error);

/* Whether the option can be set at all on this system (EOPNOTSUPP), and to this value
   (NSK_ARGUMENT), without a socket. An interface is looked for when it is set. */
nsk_outcome nsk_option_check(const nsk_option *option, const nsk_value *value,
                             nsk_error *error);

/* Options that an opener sets on each socket that it opens, in the order of the rows. */
enum { NSK_SETTINGS_MAX = 64 };
typedef struct {
  const nsk_option *option;
  nsk_value value;
} nsk_setting;
typedef struct {
  size_t count;
  nsk_setting items[NSK_SETTINGS_MAX];
} nsk_settings;

/* Adds one that can be set; NSK_ARGUMENT also: it is there already. */
nsk_outcome nsk_settings_add(nsk_settings *settings, const nsk_option *option,
                             const nsk_value *value, nsk_error *error);

/* Sets them all on a fresh socket; the first failure ends it, as nsk_option_set fails. */
nsk_outcome nsk_settings_apply(const nsk_settings *settings, nsk_socket *s,
                               nsk_error *error);

/* The options that have no row: level and name as getsockopt(2) has them. *length is
   the room in value, then what the kernel wrote. */
nsk_outcome nsk_socket_getsockopt(nsk_socket *s, int64_t level, int64_t name, void *value,
                                  size_t *length, nsk_error *error);
nsk_outcome nsk_socket_setsockopt(nsk_socket *s, int64_t level, int64_t name,
                                  const void *value, size_t length, nsk_error *error);

/* How many bytes an option may have that a caller asks for: 1..65536, since no option is
   longer. */
nsk_outcome nsk_option_size(int64_t size, size_t *length, nsk_error *error);

/* True when the next byte is the one after out-of-band data. Source: sockatmark(3). */
nsk_outcome nsk_socket_atmark(nsk_socket *s, bool *at, nsk_error *error);

/* How many bytes of what was sent the kernel still keeps: over TCP those that are not
   acknowledged, elsewhere the memory of the packets. EINVAL: the socket listens; ENOTTY,
   EOPNOTSUPP: the system does not tell it. Source: tcp(7), SIOCOUTQ. */
nsk_outcome nsk_socket_sendqueue(nsk_socket *s, int64_t *bytes, nsk_error *error);

/* ----------------------------------------------------------------- multicast -- */

typedef enum {
  NSK_MCAST_JOIN,
  NSK_MCAST_LEAVE,
  NSK_MCAST_JOIN_SOURCE,
  NSK_MCAST_LEAVE_SOURCE,
  NSK_MCAST_BLOCK_SOURCE,
  NSK_MCAST_UNBLOCK_SOURCE
} nsk_mcast;

/* An interface: by its name or the text of an address that it has, or by the address.
   Without either it is the system's choice. */
typedef struct {
  const char *text; /* NULL: none */
  size_t length;
  const nsk_addr *addr; /* NULL: the text says it */
} nsk_interface;

/* Group membership on an interface. source belongs to
   the last four. EAFNOSUPPORT: group, source or socket of different families, or an
   interface's address that is neither IPv4 nor IPv6; EINVAL: not a multicast address;
   ENODEV: no interface of that name; EADDRINUSE: joined already; EADDRNOTAVAIL: not a
   member, or no interface has the address. Source: ip(7), RFC 3678, getifaddrs(3). */
nsk_outcome nsk_socket_mcast(nsk_socket *s, nsk_mcast action, const nsk_addr *group,
                             const nsk_addr *source, const nsk_interface *at,
                             nsk_error *error);

#endif
