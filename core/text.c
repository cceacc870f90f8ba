/* A socket in one line, for people. */
#include "internal.h"

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

size_t nsk_socket_text(const nsk_socket *s, char *buf, size_t cap) {
  char family[24], type[24];
  char local[NSK_ADDR_TEXT_MAX], remote[NSK_ADDR_TEXT_MAX];
  size_t local_length = 0, remote_length = 0;
  nsk_addr addr;
  nsk_error ignored;
  nsk_socket copy = *s;
  if (s->fd < 0) return (size_t)snprintf(buf, cap, "closed");
  if (nsk_socket_name(&copy, &addr, &ignored) == NSK_DONE)
    local_length = nsk_addr_text(&addr, local);
  if (nsk_socket_peer(&copy, &addr, &ignored) == NSK_DONE)
    remote_length = nsk_addr_text(&addr, remote);
  int n = snprintf(buf, cap, "fd=%d %s %s%s%.*s%s%.*s", s->fd,
                   constant_name("AF_", s->family, family, sizeof family),
                   constant_name("SOCK_", s->type, type, sizeof type),
                   local_length + remote_length > 0 ? " " : "", (int)local_length, local,
                   remote_length > 0 ? "->" : "", (int)remote_length, remote);
  return (size_t)n < cap ? (size_t)n : cap - 1;
}
