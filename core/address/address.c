/* Addresses of IPv4, IPv6 and unix: making, reading and comparing them. */
#include "address/address.h"

#include <string.h>

/* offsetof, written out: sun_path begins after the family. */
#define UNIX_PATH_AT offsetof(struct sockaddr_un, sun_path)
#define UNIX_PATH_MAX_BYTES (sizeof((struct sockaddr_un *)0)->sun_path - 1)

const int nsk_unixpath_max = (int)UNIX_PATH_MAX_BYTES;

static const struct sockaddr_in *inet_of(const nsk_addr *addr) {
  return (const struct sockaddr_in *)(const void *)addr->bytes;
}

static const struct sockaddr_in6 *inet6_of(const nsk_addr *addr) {
  return (const struct sockaddr_in6 *)(const void *)addr->bytes;
}

int64_t nsk_addr_port(const nsk_addr *addr) {
  switch (nsk_addr_family(addr)) {
    case AF_INET:
      return ntohs(inet_of(addr)->sin_port);
    case AF_INET6:
      return ntohs(inet6_of(addr)->sin6_port);
    default:
      return nski_other_port(addr);
  }
}

static void set_inet(nsk_addr *addr, struct in_addr host, int port) {
  struct sockaddr_in *in = (struct sockaddr_in *)(void *)addr->bytes;
  memset(addr, 0, sizeof *addr);
  in->sin_family = AF_INET;
  in->sin_addr = host;
  in->sin_port = htons((uint16_t)port);
  nski_addr_set_length(addr, sizeof *in);
}

static void set_inet6(nsk_addr *addr, const struct in6_addr *host, uint32_t scope,
                      int port) {
  struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)(void *)addr->bytes;
  memset(addr, 0, sizeof *addr);
  in6->sin6_family = AF_INET6;
  in6->sin6_addr = *host;
  in6->sin6_scope_id = scope;
  in6->sin6_port = htons((uint16_t)port);
  nski_addr_set_length(addr, sizeof *in6);
}

bool nski_parse_inet(nsk_addr *addr, const char *host, int port) {
  struct in_addr parsed;
  if (inet_pton(AF_INET, host, &parsed) != 1) return false;
  set_inet(addr, parsed, port);
  return true;
}

bool nski_parse_inet6(nsk_addr *addr, const char *host, int port, bool *unknown_zone) {
  struct in6_addr parsed;
  char digits[INET6_ADDRSTRLEN];
  const char *zone = strchr(host, '%');
  size_t length = zone != NULL ? (size_t)(zone - host) : strlen(host);
  *unknown_zone = false;
  if (length >= sizeof digits) return false;
  memcpy(digits, host, length);
  digits[length] = '\0';
  if (inet_pton(AF_INET6, digits, &parsed) != 1) return false;
  uint32_t scope = zone != NULL ? nski_zone_index(zone + 1) : 0;
  *unknown_zone = zone != NULL && scope == 0;
  set_inet6(addr, &parsed, scope, port);
  return !*unknown_zone;
}

void nski_addr_any(nsk_addr *addr, int family, bool passive, int port) {
  if (family == AF_INET6) {
    set_inet6(addr, passive ? &in6addr_any : &in6addr_loopback, 0, port);
  } else {
    struct in_addr host = {htonl(passive ? INADDR_ANY : INADDR_LOOPBACK)};
    set_inet(addr, host, port);
  }
}

nsk_outcome nsk_addr_inet(nsk_addr *addr, const nsk_endpoint *endpoint, bool passive,
                          const char *op, nsk_error *error) {
  char host[NSK_HOST_MAX];
  int port;
  nsk_outcome outcome = nski_endpoint_host(endpoint, op, host, error);
  if (outcome != NSK_DONE) return outcome;
  if (nski_endpoint_port(endpoint, &port) != NSK_PORT_NUMBER)
    return nski_fail_port(error, endpoint);
  if (endpoint->host == NULL) {
    nski_addr_any(addr, AF_INET, passive, port);
  } else if (!nski_parse_inet(addr, host, port)) {
    nski_fail_about(error, op, EAFNOSUPPORT, endpoint->host, endpoint->host_length);
    nski_error_say(error, "not a numeric IPv4 address");
    return NSK_FAILED;
  }
  return NSK_DONE;
}

nsk_outcome nsk_addr_inet6(nsk_addr *addr, const nsk_endpoint *endpoint, bool passive,
                           const char *op, nsk_error *error) {
  char host[NSK_HOST_MAX];
  int port;
  bool unknown_zone = false;
  nsk_outcome outcome = nski_endpoint_host(endpoint, op, host, error);
  if (outcome != NSK_DONE) return outcome;
  if (nski_endpoint_port(endpoint, &port) != NSK_PORT_NUMBER)
    return nski_fail_port(error, endpoint);
  if (endpoint->host == NULL) {
    nski_addr_any(addr, AF_INET6, passive, port);
  } else if (!nski_parse_inet6(addr, host, port, &unknown_zone)) {
    if (unknown_zone)
      return nski_fail_resolver(error, EAI_NONAME, 0, endpoint->host,
                                endpoint->host_length);
    nski_fail_about(error, op, EAFNOSUPPORT, endpoint->host, endpoint->host_length);
    nski_error_say(error, "not a numeric IPv6 address");
    return NSK_FAILED;
  }
  return NSK_DONE;
}

nsk_outcome nsk_addr_unix(nsk_addr *addr, const char *path, size_t length, const char *op,
                          nsk_error *error) {
  struct sockaddr_un *un = (struct sockaddr_un *)(void *)addr->bytes;
  bool abstract = length > 0 && path[0] == '\0';
  size_t name_length = abstract ? length - 1 : length;
  if (length == 0) return nsk_error_argument(error, op, "pathname", "must not be empty");
  if (!abstract && memchr(path, '\0', length) != NULL)
    return nsk_error_argument(error, op, "pathname",
                              "has a NUL that is not its first byte");
  if (name_length > UNIX_PATH_MAX_BYTES)
    return nski_fail_about(error, op, ENAMETOOLONG, path, length);
  memset(addr, 0, sizeof *addr);
  un->sun_family = AF_UNIX;
  memcpy(un->sun_path, path, length);
  /* An abstract name is exactly its bytes; a path is terminated. */
  nski_addr_set_length(addr, UNIX_PATH_AT + (abstract ? length : length + 1));
  return NSK_DONE;
}

bool nski_addr_unix_name(const nsk_addr *addr, const char **name, size_t *length) {
  const struct sockaddr_un *un = (const struct sockaddr_un *)(const void *)addr->bytes;
  if (addr->length <= UNIX_PATH_AT) return false;
  *name = un->sun_path;
  *length = addr->length - UNIX_PATH_AT;
  if (un->sun_path[0] != '\0') {
    const char *end = memchr(un->sun_path, '\0', *length);
    if (end != NULL) *length = (size_t)(end - un->sun_path);
  }
  return true;
}

bool nsk_addr_equal(const nsk_addr *a, const nsk_addr *b) {
  int family = nsk_addr_family(a);
  if (family != nsk_addr_family(b)) return false;
  if (family == AF_INET)
    return inet_of(a)->sin_port == inet_of(b)->sin_port &&
           inet_of(a)->sin_addr.s_addr == inet_of(b)->sin_addr.s_addr;
  if (family == AF_INET6)
    return inet6_of(a)->sin6_port == inet6_of(b)->sin6_port &&
           inet6_of(a)->sin6_scope_id == inet6_of(b)->sin6_scope_id &&
           memcmp(&inet6_of(a)->sin6_addr, &inet6_of(b)->sin6_addr,
                  sizeof(struct in6_addr)) == 0;
  if (family == AF_UNIX) {
    const char *x = "", *y = "";
    size_t m = 0, n = 0;
    nski_addr_unix_name(a, &x, &m);
    nski_addr_unix_name(b, &y, &n);
    return m == n && memcmp(x, y, m) == 0;
  }
  unsigned char key[sizeof a->bytes], other[sizeof b->bytes];
  size_t length = nski_other_key(a, key);
  return nski_other_key(b, other) == length && memcmp(key, other, length) == 0;
}

/* FNV-1a: short keys, no secrets. */
static uint64_t mix(uint64_t hash, const void *bytes, size_t length) {
  const unsigned char *byte = bytes;
  for (size_t i = 0; i < length; i++)
    hash = (hash ^ byte[i]) * UINT64_C(1099511628211);
  return hash;
}

uint64_t nsk_addr_hash(const nsk_addr *addr) {
  uint64_t hash = UINT64_C(14695981039346656037);
  int family = nsk_addr_family(addr);
  unsigned char key[sizeof addr->bytes];
  const char *name = "";
  size_t length = 0;
  hash = mix(hash, &family, sizeof family);
  switch (family) {
    case AF_INET:
      hash = mix(hash, &inet_of(addr)->sin_port, sizeof(in_port_t));
      return mix(hash, &inet_of(addr)->sin_addr, sizeof(struct in_addr));
    case AF_INET6:
      hash = mix(hash, &inet6_of(addr)->sin6_port, sizeof(in_port_t));
      hash = mix(hash, &inet6_of(addr)->sin6_scope_id, sizeof(uint32_t));
      return mix(hash, &inet6_of(addr)->sin6_addr, sizeof(struct in6_addr));
    case AF_UNIX:
      nski_addr_unix_name(addr, &name, &length);
      return mix(hash, name, length);
    default:
      return mix(hash, key, nski_other_key(addr, key));
  }
}
