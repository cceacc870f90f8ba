/* Interfaces as a caller names them: by the name, or by an address that they have. */
#include "socket/socket.h"

#include <ifaddrs.h>
#include <stdio.h>
#include <string.h>

/* More than any address in text has, its zone included. */
enum { TEXT_ROOM = INET6_ADDRSTRLEN + IF_NAMESIZE };

static nsk_outcome index_of(const char *name, size_t length, const char *op,
                            const char *subject, nski_interface *found,
                            nsk_error *error) {
  if (length == 0 || length >= sizeof found->name)
    return nsk_error_argument(error, op, subject, "must be 1..15 bytes");
  if (memchr(name, '\0', length) != NULL)
    return nsk_error_argument(error, op, subject, "has a NUL in it");
  memcpy(found->name, name, length);
  found->name[length] = '\0';
  found->index = if_nametoindex(found->name);
  if (found->index != 0) return NSK_DONE;
  return nski_fail_about(error, "if_nametoindex", errno != 0 ? errno : ENODEV, name,
                         length);
}

/* Whether the text is an address, though perhaps of no zone, and then of length 0. */
static bool reads_as_address(const char *text, size_t length, nsk_addr *addr) {
  char terminated[TEXT_ROOM];
  bool unknown_zone = false;
  if (length >= sizeof terminated || memchr(text, '\0', length) != NULL) return false;
  memcpy(terminated, text, length);
  terminated[length] = '\0';
  if (nski_parse_inet(addr, terminated, 0) ||
      nski_parse_inet6(addr, terminated, 0, &unknown_zone))
    return true;
  addr->length = 0;
  return unknown_zone;
}

/* A link-local address may be one of several interfaces: its zone says of which. */
static bool has_host(const struct sockaddr *row, const nsk_addr *wanted) {
  if (row == NULL || row->sa_family != nsk_addr_family(wanted)) return false;
  if (row->sa_family == AF_INET) {
    const struct sockaddr_in *a = (const void *)row, *b = (const void *)wanted->bytes;
    return a->sin_addr.s_addr == b->sin_addr.s_addr;
  }
  const struct sockaddr_in6 *a = (const void *)row, *b = (const void *)wanted->bytes;
  return memcmp(&a->sin6_addr, &b->sin6_addr, sizeof a->sin6_addr) == 0 &&
         (b->sin6_scope_id == 0 || a->sin6_scope_id == b->sin6_scope_id);
}

static nsk_outcome by_address(const nsk_addr *wanted, const char *text, size_t length,
                              const char *subject, nski_interface *found,
                              nsk_error *error) {
  struct ifaddrs *rows = NULL;
  if (wanted->length != 0 && getifaddrs(&rows) < 0)
    return nski_fail_about(error, "getifaddrs", errno, subject, strlen(subject));
  const struct ifaddrs *row = rows;
  while (row != NULL && !has_host(row->ifa_addr, wanted))
    row = row->ifa_next;
  nsk_outcome outcome = NSK_FAILED;
  if (row != NULL) {
    outcome = index_of(row->ifa_name, strlen(row->ifa_name), "if_nametoindex", subject,
                       found, error);
  } else {
    nski_fail_about(error, "getifaddrs", EADDRNOTAVAIL, subject, strlen(subject));
    snprintf(error->text, sizeof error->text, "no interface has %.*s", (int)length, text);
  }
  if (rows != NULL) freeifaddrs(rows);
  return outcome;
}

nsk_outcome nski_interface_find(const nsk_interface *which, const char *op,
                                const char *subject, nski_interface *found,
                                nsk_error *error) {
  char host[NSK_ADDR_TEXT_MAX];
  const char *text = which->text;
  size_t length = which->length;
  bool abstract;
  nsk_addr addr;
  memset(found, 0, sizeof *found);
  if (which->addr != NULL) {
    int family = nsk_addr_family(which->addr);
    if (family != AF_INET && family != AF_INET6)
      return nski_fail_about(error, op, EAFNOSUPPORT, subject, strlen(subject));
    addr = *which->addr;
    nsk_addr_host(&addr, host, &length, &abstract);
    text = host;
  } else if (!reads_as_address(text, length, &addr)) {
    return index_of(text, length, op, subject, found, error);
  }
  if (nsk_addr_family(&addr) == AF_INET)
    found->inet = ((const struct sockaddr_in *)(const void *)addr.bytes)->sin_addr;
  return by_address(&addr, text, length, subject, found, error);
}
