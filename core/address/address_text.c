/* Addresses as people read them. */
#include "address/address.h"

#include <stdio.h>
#include <string.h>

/* "fe80::1%eth0"; the index stands in for an interface that has gone. */
static size_t inet6_text(const struct sockaddr_in6 *in6, char *buf) {
  char name[IF_NAMESIZE];
  inet_ntop(AF_INET6, &in6->sin6_addr, buf, INET6_ADDRSTRLEN);
  size_t length = strlen(buf);
  if (in6->sin6_scope_id == 0) return length;
  if (if_indextoname(in6->sin6_scope_id, name) == NULL)
    snprintf(name, sizeof name, "%u", (unsigned)in6->sin6_scope_id);
  return length +
         (size_t)snprintf(buf + length, NSK_ADDR_TEXT_MAX - length, "%%%s", name);
}

bool nsk_addr_host(const nsk_addr *addr, char *buf, size_t *length, bool *abstract) {
  const void *sockaddr = addr->bytes;
  const char *name;
  *abstract = false;
  *length = 0;
  switch (nsk_addr_family(addr)) {
    case AF_INET:
      inet_ntop(AF_INET, &((const struct sockaddr_in *)sockaddr)->sin_addr, buf,
                INET_ADDRSTRLEN);
      *length = strlen(buf);
      return true;
    case AF_INET6:
      *length = inet6_text(sockaddr, buf);
      return true;
    case AF_UNIX:
      if (!nski_addr_unix_name(addr, &name, length)) return false;
      *abstract = name[0] == '\0';
      memcpy(buf, name, *length);
      return true;
    default:
      return nski_other_host(addr, buf, length);
  }
}

size_t nsk_addr_text(const nsk_addr *addr, char *buf) {
  char host[NSK_ADDR_TEXT_MAX];
  size_t length;
  bool abstract;
  int family = nsk_addr_family(addr);
  if (family != AF_INET && family != AF_INET6 && family != AF_UNIX)
    return nski_other_text(addr, buf);
  if (!nsk_addr_host(addr, host, &length, &abstract)) return 0;
  if (family == AF_UNIX) {
    memcpy(buf, host, length);
    if (abstract) buf[0] = '@';
    return length;
  }
  const char *form = family == AF_INET6 ? "[%.*s]:%d" : "%.*s:%d";
  return (size_t)snprintf(buf, NSK_ADDR_TEXT_MAX, form, (int)length, host,
                          (int)nsk_addr_port(addr));
}

nsk_outcome nski_fail_at(nsk_error *error, const char *op, int code,
                         const nsk_addr *addr) {
  char text[NSK_ADDR_TEXT_MAX];
  return nski_fail_about(error, op, code, text, nsk_addr_text(addr, text));
}

nsk_outcome nsk_addr_names(const nsk_addr *addr, int flags, char *host, char *service,
                           nsk_error *error) {
  char text[NSK_ADDR_TEXT_MAX];
  int code = getnameinfo(nski_addr_sockaddr(addr), addr->length, host, NSK_HOST_MAX,
                         service, NSK_HOST_MAX, flags);
  int system = errno;
  if (code == 0) return NSK_DONE;
  nski_fail_resolver(error, code, system, text, nsk_addr_text(addr, text));
  error->op = "getnameinfo";
  return NSK_FAILED;
}
