/* Group membership, by interface index and the same for IPv4 and IPv6. */
#include "socket/socket.h"

#include <string.h>

static const struct {
  const char *name;
  bool with_source;
} actions[] = {
    [NSK_MCAST_JOIN] = {"mcastjoin", false},
    [NSK_MCAST_LEAVE] = {"mcastleave", false},
    [NSK_MCAST_JOIN_SOURCE] = {"mcastjoinsrc", true},
    [NSK_MCAST_LEAVE_SOURCE] = {"mcastleavesrc", true},
    [NSK_MCAST_BLOCK_SOURCE] = {"mcastblocksrc", true},
    [NSK_MCAST_UNBLOCK_SOURCE] = {"mcastunblocksrc", true},
};

#ifdef NSK_HAVE_GROUP_REQ

static const int options[] = {
    [NSK_MCAST_JOIN] = MCAST_JOIN_GROUP,
    [NSK_MCAST_LEAVE] = MCAST_LEAVE_GROUP,
    [NSK_MCAST_JOIN_SOURCE] = MCAST_JOIN_SOURCE_GROUP,
    [NSK_MCAST_LEAVE_SOURCE] = MCAST_LEAVE_SOURCE_GROUP,
    [NSK_MCAST_BLOCK_SOURCE] = MCAST_BLOCK_SOURCE,
    [NSK_MCAST_UNBLOCK_SOURCE] = MCAST_UNBLOCK_SOURCE,
};

static void copy_address(struct sockaddr_storage *to, const nsk_addr *from) {
  memset(to, 0, sizeof *to);
  memcpy(to, from->bytes, from->length < sizeof *to ? from->length : sizeof *to);
}

static int change(const nsk_socket *s, nsk_mcast action, const nsk_addr *group,
                  const nsk_addr *source, uint32_t index) {
  int level = s->family == AF_INET ? IPPROTO_IP : IPPROTO_IPV6;
  if (actions[action].with_source) {
    struct group_source_req request = {.gsr_interface = index};
    copy_address(&request.gsr_group, group);
    copy_address(&request.gsr_source, source);
    return setsockopt(s->fd, level, options[action], &request, sizeof request);
  }
  struct group_req request = {.gr_interface = index};
  copy_address(&request.gr_group, group);
  return setsockopt(s->fd, level, options[action], &request, sizeof request);
}

#else

static int change(const nsk_socket *s, nsk_mcast action, const nsk_addr *group,
                  const nsk_addr *source, uint32_t index) {
  (void)s, (void)action, (void)group, (void)source, (void)index;
  errno = EOPNOTSUPP;
  return -1;
}

#endif

nsk_outcome nsk_socket_mcast(nsk_socket *s, nsk_mcast action, const nsk_addr *group,
                             const nsk_addr *source, const nsk_interface *at,
                             nsk_error *error) {
  nski_interface found = {.index = 0};
  if (s->fd < 0) return nski_fail_at(error, "setsockopt", EBADF, group);
  if ((s->family != AF_INET && s->family != AF_INET6) ||
      nsk_addr_family(group) != s->family)
    return nski_fail_at(error, "setsockopt", EAFNOSUPPORT, group);
  if (s->type == SOCK_STREAM)
    return nski_fail_at(error, "setsockopt", ESOCKTNOSUPPORT, group);
  if (actions[action].with_source && nsk_addr_family(source) != s->family)
    return nski_fail_at(error, "setsockopt", EAFNOSUPPORT, source);
  if (at->text != NULL || at->addr != NULL) {
    nsk_outcome outcome =
        nski_interface_find(at, actions[action].name, "ifname", &found, error);
    if (outcome != NSK_DONE) return outcome;
  }
  if (change(s, action, group, source, found.index) == 0) return NSK_DONE;
  return nski_fail_at(error, "setsockopt", errno, group);
}
