/* An address in the kernel's own form: where its bytes are, how many, of which family. */
#include "address/address.h"

#include <string.h>

/* Not sockaddr_storage: OpenBSD's has twice the room that any of its addresses needs. */
_Static_assert(sizeof(struct sockaddr_un) <= sizeof((nsk_addr *)0)->bytes &&
                   sizeof(struct sockaddr_in6) <= sizeof((nsk_addr *)0)->bytes,
               "nsk_addr holds every socket address");

const struct sockaddr *nski_addr_sockaddr(const nsk_addr *addr) {
  return (const struct sockaddr *)(const void *)addr->bytes;
}

struct sockaddr *nski_addr_space(nsk_addr *addr, socklen_t *length) {
  *length = sizeof addr->bytes;
  return (struct sockaddr *)(void *)addr->bytes;
}

/* The kernel reports the length that it would have liked, which may be more. */
void nski_addr_filled(nsk_addr *addr, socklen_t length) {
  addr->length = length < sizeof addr->bytes ? length : (uint32_t)sizeof addr->bytes;
}

void nski_addr_set_length(nsk_addr *addr, size_t length) {
  addr->length = (uint32_t)length;
#ifdef NSK_HAVE_SA_LEN
  ((struct sockaddr *)(void *)addr->bytes)->sa_len = (uint8_t)length;
#endif
}

void nski_addr_of(nsk_addr *addr, socklen_t length, int family) {
  nski_addr_filled(addr, length);
  if (addr->length >= sizeof(sa_family_t)) return;
  memset(addr->bytes, 0, sizeof(struct sockaddr));
  ((struct sockaddr *)(void *)addr->bytes)->sa_family = (sa_family_t)family;
  nski_addr_set_length(addr, sizeof(sa_family_t));
}

int nsk_addr_family(const nsk_addr *addr) {
  if (addr->length < sizeof(sa_family_t)) return AF_UNSPEC;
  return nski_addr_sockaddr(addr)->sa_family;
}

bool nsk_addr_restore(nsk_addr *addr, const void *bytes, size_t length) {
  if (length < offsetof(struct sockaddr, sa_data) || length > sizeof addr->bytes)
    return false;
  memset(addr->bytes, 0, sizeof addr->bytes);
  memcpy(addr->bytes, bytes, length);
  addr->length = (uint32_t)length;
  int family = nsk_addr_family(addr);
  if (family == AF_INET) return length == sizeof(struct sockaddr_in);
  if (family == AF_INET6) return length == sizeof(struct sockaddr_in6);
  return true;
}
