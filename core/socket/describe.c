/* A socket or an address as a line that people read. */
#include "socket/socket.h"

#include <stdio.h>
#include <string.h>

/* Families and types have several names (AF_LOCAL is AF_UNIX): the common ones are
   asked for first, the table of constants knows the others. */
static const char *constant_name(const char *prefix, int value, char *number,
                                 size_t cap) {
  static const char *const common[] = {"AF_INET",     "AF_INET6",   "AF_UNIX",
                                       "SOCK_STREAM", "SOCK_DGRAM", "SOCK_SEQPACKET"};
  static const int values[] = {AF_INET,     AF_INET6,   AF_UNIX,
                               SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET};
  size_t length = strlen(prefix);
  for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
    if (values[i] == value && strncmp(common[i], prefix, length) == 0) return common[i];
  for (const nsk_constant *row = nsk_constants; row->name; row++)
    if (row->value == value && strncmp(row->name, prefix, length) == 0) return row->name;
  snprintf(number, cap, "%s%d", prefix, value);
  return number;
}

/* An address as a part of a line; nothing when it could not be had or has no name. */
static size_t shown(nsk_outcome outcome, const nsk_addr *addr, char *out, size_t cap) {
  char text[NSK_ADDR_TEXT_MAX];
  out[0] = '\0';
  return outcome == NSK_DONE ? nsk_escape(text, nsk_addr_text(addr, text), out, cap) : 0;
}

/* Appends a blank and the name of a constant that is not 0. */
static size_t append(char *buf, size_t at, size_t cap, const char *prefix, int value) {
  char number[24];
  if (value == 0) return at;
  const char *name = constant_name(prefix, value, number, sizeof number);
  int n = snprintf(buf + at, cap - at, "%s%s", at > 0 ? " " : "", name);
  return (size_t)n < cap - at ? at + (size_t)n : cap - 1;
}

size_t nsk_addrinfo_text(const nsk_addrinfo *info, char *buf, size_t cap) {
  size_t length = shown(NSK_DONE, &info->addr, buf, cap);
  length = append(buf, length, cap, "AF_", nsk_addr_family(&info->addr));
  length = append(buf, length, cap, "SOCK_", info->socktype);
  return append(buf, length, cap, "IPPROTO_", info->protocol);
}

size_t nsk_socket_text(const nsk_socket *s, char *buf, size_t cap) {
  char family[24], type[24];
  char local[4 * NSK_ADDR_TEXT_MAX], remote[4 * NSK_ADDR_TEXT_MAX];
  nsk_addr addr;
  nsk_error ignored;
  nsk_socket copy = *s;
  if (s->fd < 0) return (size_t)snprintf(buf, cap, "closed");
  size_t named =
      shown(nsk_socket_name(&copy, &addr, &ignored), &addr, local, sizeof local);
  size_t joined =
      shown(nsk_socket_peer(&copy, &addr, &ignored), &addr, remote, sizeof remote);
  int n = snprintf(buf, cap, "fd=%d %s %s%s%s%s%s", s->fd,
                   constant_name("AF_", s->family, family, sizeof family),
                   constant_name("SOCK_", s->type, type, sizeof type),
                   named + joined > 0 ? " " : "", local, joined > 0 ? "->" : "", remote);
  return (size_t)n < cap ? (size_t)n : cap - 1;
}
