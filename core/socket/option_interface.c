/* The options whose value is an interface, a name or a set of credentials. */
#include "socket/socket.h"

#include <ifaddrs.h>
#include <string.h>

enum { NAME_ROOM = 16 }; /* TCP_CA_NAME_MAX, with the NUL */

static nsk_outcome fail_option(nsk_error *error, const char *op,
                               const nsk_option *option) {
  return nski_fail_about(error, op, errno, option->name, strlen(option->name));
}

static void set_text(nsk_value *value, const char *text) {
  value->length = strnlen(text, sizeof value->text);
  memcpy(value->text, text, value->length);
  value->absent = value->length == 0;
}

/* An error about a missing interface names the option, whichever system call fails. */
static nsk_outcome find(const nsk_option *option, const nsk_value *value,
                        nski_interface *found, nsk_error *error) {
  const nsk_addr *addr = value->addr.length > 0 ? &value->addr : NULL;
  const nsk_interface which = {value->text, value->length, addr};
  nsk_outcome outcome =
      nski_interface_find(&which, "setsockopt", option->name, found, error);
  if (outcome == NSK_DONE || error->domain == NSK_ARGUMENT) return outcome;
  error->op = "setsockopt";
  if (error->text[0] != '\0') return outcome;
  return nski_fail_about(error, "setsockopt", error->code, option->name,
                         strlen(option->name));
}

/* IP_MULTICAST_IF is set by index and read as an address, so the address of the
   interface is set with the index, and looked for when it is read. An interface
   without an IPv4 address can be chosen and reads as none. The address that is set is
   what an unbound socket sends from: that which the caller named, if it is IPv4. */
static bool name_by_address(struct in_addr wanted, nsk_value *value) {
  struct ifaddrs *rows;
  if (getifaddrs(&rows) < 0) return false;
  for (const struct ifaddrs *row = rows; row; row = row->ifa_next) {
    if (row->ifa_addr == NULL || row->ifa_addr->sa_family != AF_INET) continue;
    const struct sockaddr_in *in = (const void *)row->ifa_addr;
    if (in->sin_addr.s_addr != wanted.s_addr) continue;
    set_text(value, row->ifa_name);
    break;
  }
  freeifaddrs(rows);
  return true;
}

static struct in_addr address_by_name(const char *name) {
  struct in_addr found = {0};
  struct ifaddrs *rows;
  if (getifaddrs(&rows) < 0) return found;
  for (const struct ifaddrs *row = rows; row; row = row->ifa_next) {
    if (row->ifa_addr == NULL || row->ifa_addr->sa_family != AF_INET) continue;
    if (strcmp(row->ifa_name, name) != 0) continue;
    found = ((const struct sockaddr_in *)(const void *)row->ifa_addr)->sin_addr;
    break;
  }
  freeifaddrs(rows);
  return found;
}

nsk_outcome nski_interface_get(const nsk_socket *s, const nsk_option *option,
                               nsk_value *value, nsk_error *error) {
  char name[IF_NAMESIZE];
  int index = 0;
  struct in_addr address = {0};
  socklen_t length = sizeof index;
  value->absent = true;
  if (s->family == AF_INET6) {
    if (getsockopt(s->fd, option->level6, option->option6, &index, &length) < 0)
      return fail_option(error, "getsockopt", option);
    if (index != 0 && if_indextoname((unsigned)index, name) != NULL)
      set_text(value, name);
    return NSK_DONE;
  }
  length = sizeof address;
  if (getsockopt(s->fd, option->level, option->option, &address, &length) < 0)
    return fail_option(error, "getsockopt", option);
  if (address.s_addr != 0 && !name_by_address(address, value))
    return fail_option(error, "getifaddrs", option);
  return NSK_DONE;
}

nsk_outcome nski_interface_set(const nsk_socket *s, const nsk_option *option,
                               const nsk_value *value, nsk_error *error) {
  nski_interface chosen = {.index = 0};
  if (!value->absent) {
    nsk_outcome outcome = find(option, value, &chosen, error);
    if (outcome != NSK_DONE) return outcome;
    if (s->family == AF_INET && chosen.inet.s_addr == 0)
      chosen.inet = address_by_name(chosen.name);
  }
  int number = (int)chosen.index, status;
  if (s->family == AF_INET6) {
    status = setsockopt(s->fd, option->level6, option->option6, &number, sizeof number);
  } else {
#ifdef NSK_HAVE_IP_MREQN
    struct ip_mreqn request = {.imr_ifindex = number, .imr_address = chosen.inet};
#else /* without an IPv4 address the interface cannot be chosen: EADDRNOTAVAIL */
    struct in_addr request = chosen.inet;
    if (number != 0 && request.s_addr == 0) request.s_addr = INADDR_NONE;
#endif
    status = setsockopt(s->fd, option->level, option->option, &request, sizeof request);
  }
  return status == 0 ? NSK_DONE : fail_option(error, "setsockopt", option);
}

nsk_outcome nski_text_get(const nsk_socket *s, const nsk_option *option, nsk_value *value,
                          nsk_error *error) {
  char text[sizeof value->text] = "";
  socklen_t length = sizeof text;
  if (getsockopt(s->fd, option->level, option->option, text, &length) < 0)
    return fail_option(error, "getsockopt", option);
  text[sizeof text - 1] = '\0';
  set_text(value, text);
  return NSK_DONE;
}

nsk_outcome nski_text_set(const nsk_socket *s, const nsk_option *option,
                          const nsk_value *value, nsk_error *error) {
  nski_interface chosen = {.index = 0};
  /* The empty text unbinds; anything else must be an interface. */
  if (value->length > 0 || value->addr.length > 0) {
    nsk_outcome outcome = find(option, value, &chosen, error);
    if (outcome != NSK_DONE) return outcome;
  }
  if (setsockopt(s->fd, option->level, option->option, chosen.name,
                 (socklen_t)strlen(chosen.name)) == 0)
    return NSK_DONE;
  return fail_option(error, "setsockopt", option);
}

/* The kernel would cut a longer name, and read none past a NUL. */
nsk_outcome nski_name_check(const nsk_option *option, const nsk_value *value,
                            nsk_error *error) {
  if (value->length > 0 && value->length < NAME_ROOM &&
      memchr(value->text, 0, value->length) == NULL)
    return NSK_DONE;
  return nsk_error_argument(error, "setsockopt", option->name,
                            "must be 1..15 bytes without NUL");
}

nsk_outcome nski_name_set(const nsk_socket *s, const nsk_option *option,
                          const nsk_value *value, nsk_error *error) {
  nsk_outcome outcome = nski_name_check(option, value, error);
  if (outcome != NSK_DONE) return outcome;
  if (setsockopt(s->fd, option->level, option->option, value->text,
                 (socklen_t)value->length) == 0)
    return NSK_DONE;
  return fail_option(error, "setsockopt", option);
}

nsk_outcome nski_credentials_get(const nsk_socket *s, const nsk_option *option,
                                 nsk_value *value, nsk_error *error) {
#ifdef NSK_HAVE_UCRED
  struct ucred credentials = {0};
  socklen_t length = sizeof credentials;
  if (getsockopt(s->fd, option->level, option->option, &credentials, &length) < 0)
    return fail_option(error, "getsockopt", option);
  value->pid = (uint32_t)credentials.pid;
  value->uid = credentials.uid;
  value->gid = credentials.gid;
  return NSK_DONE;
#else
  (void)s, (void)value;
  return nski_fail_about(error, "getsockopt", EOPNOTSUPP, option->name,
                         strlen(option->name));
#endif
}
