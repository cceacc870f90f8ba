/* What the kernel knows of a TCP connection: a table with a key for each field. */
#include "args.h"
#include "error.h"

static void push_value(lua_State *L, const nsk_tcp_field *field,
                       const nsk_tcp_value *value) {
  switch (field->kind) {
    case NSK_TCP_NUMBER:
    case NSK_TCP_RATE:
      lua_pushinteger(L, (lua_Integer)value->number);
      break;
    case NSK_TCP_FLAG:
      lua_pushboolean(L, value->number != 0);
      break;
    case NSK_TCP_WORD:
      lua_pushstring(L, value->word);
      break;
  }
}

int nskl_socket_tcpinfo(lua_State *L) {
  nsk_tcp_info info;
  nsk_tcp_value value;
  nskl_socket *self = nskl_self(L);
  nskl_state *st = self->head.state;
  if (nsk_socket_tcpinfo(&self->socket, &info, nskl_spare(L, st)) != NSK_DONE)
    return nskl_fail(L, st);
  lua_createtable(L, 0, NSK_TCP_FIELDS);
  for (const nsk_tcp_field *field = nsk_tcp_fields; field->name != NULL; field++) {
    if (!nsk_tcp_info_has(&info, field, &value)) continue;
    push_value(L, field, &value);
    lua_setfield(L, -2, field->name);
  }
  return 1;
}
