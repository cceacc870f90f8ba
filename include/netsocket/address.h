/* Addresses, and the resolver that finds them. */
#ifndef NETSOCKET_ADDRESS_H
#define NETSOCKET_ADDRESS_H

#include "outcome.h"

/* ----------------------------------------------------------------- addresses -- */

/* A socket address in the kernel's own form. length 0 means none. */
typedef struct {
  uint32_t length;
  _Alignas(8) unsigned char bytes[128];
} nsk_addr;

/* An address with what is needed to make a socket for it. */
typedef struct {
  nsk_addr addr;
  int socktype; /* 0: any */
  int protocol; /* 0: the type's default */
} nsk_addrinfo;

enum { NSK_ADDR_TEXT_MAX = 192, NSK_HOST_MAX = 256 };

/* A host and a port as the user wrote them. host NULL is absent. The port is the
   text `service` or, where that is NULL, the number `port`. */
typedef struct {
  const char *host;
  size_t host_length;
  const char *service;
  size_t service_length;
  int64_t port;
  bool port_absent; /* the number is 0 because nothing was given */
} nsk_endpoint;

/* Parses a strictly numeric IPv4 or IPv6 address (inet_pton(3); IPv6 with an
   optional %zone) and an integer port. An absent host is the wildcard when
   passive, else loopback. EAFNOSUPPORT: other text; EAI_SERVICE: the port;
   EAI_NONAME: an unknown zone. Never resolves. op, a static string, is what the error
   names: the caller, or the system call that the address is for. */
nsk_outcome nsk_addr_inet(nsk_addr *addr, const nsk_endpoint *endpoint, bool passive,
                          const char *op, nsk_error *error);
nsk_outcome nsk_addr_inet6(nsk_addr *addr, const nsk_endpoint *endpoint, bool passive,
                           const char *op, nsk_error *error);

/* A unix path, or with a leading NUL a Linux abstract name of exactly `length`
   bytes. EINVAL (argument): empty, or a NUL elsewhere; ENAMETOOLONG: over 107
   bytes after the NUL or without one. op as above. Source: unix(7). */
nsk_outcome nsk_addr_unix(nsk_addr *addr, const char *path, size_t length, const char *op,
                          nsk_error *error);

/* A virtual machine, or its host, by context and port; EINVAL (argument): outside of 32
   bits; EAFNOSUPPORT: not on this system. Source: vsock(7). */
nsk_outcome nsk_addr_vsock(nsk_addr *addr, int64_t cid, int64_t port, nsk_error *error);

/* A netlink port and its groups; errors as above. Source: netlink(7). */
nsk_outcome nsk_addr_netlink(nsk_addr *addr, int64_t port, int64_t groups,
                             nsk_error *error);

/* Where packets are seen or sent: an interface by its name or number (NULL: all), what is
   in a frame, and a hardware address in hexadecimal (NULL: none). ENODEV: no such
   interface; errors as above. Source: packet(7). */
typedef struct {
  const char *ifname;
  size_t ifname_length;
  int64_t ethertype;
  const char *hardware;
  size_t hardware_length;
} nsk_packet_place;
nsk_outcome nsk_addr_packet(nsk_addr *addr, const nsk_packet_place *place,
                            nsk_error *error);

/* The bytes that follow the family, as the kernel has them, and an address of them.
   EINVAL (argument): a family out of range, or a length that it cannot have. */
size_t nsk_addr_raw(const nsk_addr *addr, const unsigned char **data);
nsk_outcome nsk_addr_of_raw(nsk_addr *addr, int64_t family, const void *data,
                            size_t length, nsk_error *error);

int nsk_addr_family(const nsk_addr *addr);

/* The port; -1 where the family has none. */
int64_t nsk_addr_port(const nsk_addr *addr);

/* What addr() shows: the numeric host with its zone, or the bytes of a unix path
   or abstract name (leading NUL included; *abstract says which). Returns false
   for an unnamed unix address. buf holds NSK_ADDR_TEXT_MAX bytes. */
bool nsk_addr_host(const nsk_addr *addr, char *buf, size_t *length, bool *abstract);

/* "127.0.0.1:80", "[::1]:80", "/path", "@abstract", "" when unnamed. Returns the
   length, at most NSK_ADDR_TEXT_MAX. */
size_t nsk_addr_text(const nsk_addr *addr, char *buf);

/* "127.0.0.1:80 AF_INET SOCK_STREAM IPPROTO_TCP"; a type or protocol of 0 is left out.
   Returns the length, below cap. */
size_t nsk_addrinfo_text(const nsk_addrinfo *info, char *buf, size_t cap);

/* Makes an address of bytes that were copied out of one. False: they are none. */
bool nsk_addr_restore(nsk_addr *addr, const void *bytes, size_t length);

/* Same family, host, port and scope. */
bool nsk_addr_equal(const nsk_addr *a, const nsk_addr *b);

/* Equal addresses have equal hashes. */
uint64_t nsk_addr_hash(const nsk_addr *addr);

/* getnameinfo(3): host and service names of NSK_HOST_MAX bytes each. Blocks on the
   resolver unless flags hold NI_NUMERICHOST and NI_NUMERICSERV. */
nsk_outcome nsk_addr_names(const nsk_addr *addr, int flags, char *host, char *service,
                           nsk_error *error);

/* ------------------------------------------------------------------ resolver -- */

/* What getaddrinfo(3) is asked. family NSK_ANY_FAMILY: IPv4 and IPv6. */
typedef struct {
  nsk_endpoint endpoint;
  int family;
  int socktype;
  int protocol;
  int flags; /* AI_ flags */
} nsk_query;

/* Its host and port as the resolver takes them: copies, terminated. Or the address whose
   names are asked for, and its text as host. */
typedef struct {
  bool have_host, have_service, have_addr;
  char host[NSK_HOST_MAX];
  union {
    char service[NSK_HOST_MAX];
    nsk_addr addr;
  };
} nsk_texts;

extern const int nsk_any_family; /* AF_UNSPEC */
extern const int nsk_inet;       /* AF_INET */
extern const int nsk_inet6;      /* AF_INET6 */
extern const int nsk_unix;       /* AF_UNIX */
extern const int nsk_stream;     /* SOCK_STREAM */
extern const int nsk_dgram;      /* SOCK_DGRAM */
extern const int nsk_seqpacket;  /* SOCK_SEQPACKET */
extern const int nsk_tcp;        /* IPPROTO_TCP */
extern const int nsk_udp;        /* IPPROTO_UDP */
extern const int nsk_passive;    /* AI_PASSIVE */
extern const int nsk_canonical;  /* AI_CANONNAME */
extern const int nsk_shut_both;  /* SHUT_RDWR */
extern const int nsk_backlog;    /* SOMAXCONN */

/* The resolver's answer, our own copy. */
typedef struct {
  nsk_addrinfo *items; /* in the order of the resolver */
  size_t count;
  char *canonical; /* of the whole answer, or NULL */
  char *service; /* where the names of an address were asked for; canonical is its host */
} nsk_list;

/* Checks the query and resolves it in place; blocks unless numeric. An absent
   host is the wildcard with AI_PASSIVE, else loopback. Without a type it is SOCK_STREAM,
   or what the protocol goes with. Failures: NSK_ARGUMENT
   (empty host, NUL in it), NSK_RESOLVER (EAI_NONAME: unknown, over 255 bytes, or
   both absent; EAI_SERVICE: the port), NSK_MEMORY. The caller frees the list. */
nsk_outcome nsk_resolve(const nsk_query *query, nsk_list *list, nsk_error *error);
void nsk_list_free(nsk_list *list);

#endif
