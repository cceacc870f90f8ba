/* Sockets bound to the first candidate that can be bound. */
#include "open/open.h"

#include <string.h>

static nsk_outcome set_flag(const nsk_socket *s, int level, int option, int value,
                            const char *name, size_t length, nsk_error *error) {
  if (setsockopt(s->fd, level, option, &value, sizeof value) == 0) return NSK_DONE;
  return nski_fail_about(error, "setsockopt", errno, name, length);
}

nsk_outcome nsk_socket_reuse(nsk_socket *s, bool reuseaddr, bool reuseport,
                             nsk_error *error) {
  nsk_outcome outcome = NSK_DONE;
  if (reuseaddr)
    outcome = set_flag(s, SOL_SOCKET, SO_REUSEADDR, 1, "reuseaddr", 9, error);
  if (reuseport && outcome == NSK_DONE) {
#ifdef SO_REUSEPORT
    outcome = set_flag(s, SOL_SOCKET, SO_REUSEPORT, 1, "reuseport", 9, error);
#else
    outcome = nski_fail_about(error, "setsockopt", EOPNOTSUPP, "reuseport", 9);
#endif
  }
  return outcome;
}

/* Every option comes before bind(2), in a fixed order; the first failure ends it. */
static nsk_outcome prepare(nsk_socket *s, const nsk_bind_how *how, nsk_error *error) {
  nsk_outcome outcome = nsk_socket_reuse(s, how->reuseaddr, how->reuseport, error);
  if (outcome == NSK_DONE && how->v6only >= 0 && s->family == AF_INET6)
    outcome = set_flag(s, IPPROTO_IPV6, IPV6_V6ONLY, how->v6only, "ipv6only", 8, error);
  return outcome;
}

/* Options that were asked for besides. */
static nsk_outcome set_up(nsk_socket *s, const nsk_extras *extras, bool bound,
                          const nsk_addr *addr, nsk_error *error) {
  if (extras == NULL) return NSK_DONE;
  const nsk_settings *all = &extras->settings;
  nsk_outcome outcome = bound ? nski_settings_after(all->items, all->count, s, error)
                              : nski_settings_before(all->items, all->count, s, error);
  return outcome == NSK_DONE ? outcome
                             : nski_fail_at(error, error->op, error->code, addr);
}

static nsk_outcome bind_candidate(nsk_addrinfo *at, const nsk_bind_how *how,
                                  const nsk_extras *extras, nsk_socket *out,
                                  nsk_error *error) {
  nsk_socket s;
  nsk_error ignored;
  const char *name;
  size_t n;
  nsk_socket_init(&s);
  nsk_outcome outcome = nsk_socket_open(&s, nsk_addr_family(&at->addr),
                                        at->socktype != 0 ? at->socktype : SOCK_STREAM,
                                        at->protocol, true, error);
  if (outcome == NSK_DONE) outcome = prepare(&s, how, error);
  if (outcome == NSK_DONE) outcome = set_up(&s, extras, false, &at->addr, error);
  if (outcome == NSK_DONE) outcome = nski_bind_path(&s, &at->addr, how, error);
  if (outcome == NSK_DONE && s.family == AF_UNIX &&
      !nski_addr_unix_name(&at->addr, &name, &n))
    outcome = nsk_socket_name(&s, &at->addr, error);
  if (outcome == NSK_DONE) outcome = set_up(&s, extras, true, &at->addr, error);
  if (outcome == NSK_DONE)
    *out = s;
  else
    nsk_socket_close(&s, &ignored);
  return outcome;
}

/* Whether IPv4 comes as well is what the name of the opener says. */
nsk_outcome nsk_bind_check(const nsk_target *target, const nsk_bind_how *how,
                           nsk_error *error) {
  if (target->extras == NULL || how->v6only < 0) return NSK_DONE;
  const nsk_settings *all = &target->extras->settings;
  for (size_t i = 0; i < all->count; i++)
    if (strcmp(all->items[i].option->name, "ipv6only") == 0)
      return nsk_error_argument(error, "bind", "ipv6only",
                                "given by the function's name");
  return NSK_DONE;
}

nsk_outcome nsk_bind_list(const nsk_list *list, const nsk_bind_how *how,
                          const nsk_extras *extras, nsk_socket *out, nsk_addrinfo *at,
                          nsk_error *error) {
  nsk_outcome outcome = NSK_FAILED; /* a list has an address */
  for (size_t i = 0; i < list->count; i++) {
    *at = list->items[i];
    outcome = bind_candidate(at, how, extras, out, error);
    if (outcome == NSK_DONE || nski_exhausted(error->code)) break;
  }
  return outcome;
}

nsk_outcome nsk_bind(const nsk_target *target, const nsk_bind_how *how, nsk_socket *out,
                     nsk_addrinfo *at, nsk_error *error) {
  nsk_list list;
  nsk_outcome outcome = nsk_bind_check(target, how, error);
  if (outcome != NSK_DONE) return outcome;
  if (target->address != NULL) {
    *at = *target->address;
    return bind_candidate(at, how, target->extras, out, error);
  }
  outcome = nsk_resolve(&target->query, &list, error);
  if (outcome != NSK_DONE) return outcome;
  outcome = nsk_bind_list(&list, how, target->extras, out, at, error);
  nsk_list_free(&list);
  return outcome;
}

nsk_outcome nsk_bind_mode(int64_t asked, int *mode, nsk_error *error) {
  if (asked < 0 || asked > 0777)
    return nsk_error_argument(error, "bind", "mode", "must be 0..0777");
  *mode = (int)asked;
  return NSK_DONE;
}

nsk_outcome nsk_bind_autoname(nsk_addr *addr, const nsk_bind_how *how, nsk_error *error) {
  if (how->with_mode || how->unlink)
    return nsk_error_argument(error, "bind", how->with_mode ? "mode" : "unlink",
                              "needs a path");
#ifdef NSK_HAVE_AUTOBIND
  nski_addr_of(addr, 0, AF_UNIX);
  return NSK_DONE;
#else
  (void)addr;
  return nski_fail_about(error, "bind", EOPNOTSUPP, "pathname", 8);
#endif
}
