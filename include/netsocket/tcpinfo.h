/* What the kernel knows of a TCP connection. */
#ifndef NETSOCKET_TCPINFO_H
#define NETSOCKET_TCPINFO_H

#include "socket.h"

/* As the kernel gave it; an older one gives less, and a newer one is cut. */
typedef struct {
  _Alignas(8) unsigned char bytes[280];
  size_t length;
} nsk_tcp_info;

typedef enum {
  NSK_TCP_NUMBER,
  NSK_TCP_RATE, /* a number, absent without a limit */
  NSK_TCP_FLAG,
  NSK_TCP_WORD /* the name of a state */
} nsk_tcp_kind;

/* A field, with the unit of its number at the end of its name. */
typedef struct {
  const char *name;
  nsk_tcp_kind kind;
  uint16_t offset;
  uint8_t size;
  uint16_t needs;      /* the length of the structure from which on it is there */
  uint8_t first, bits; /* of its byte; 0 bits: all */
} nsk_tcp_field;

enum { NSK_TCP_FIELDS = 74 }; /* at most */

/* In the order of the structure; the last has the name NULL. */
extern const nsk_tcp_field nsk_tcp_fields[];

typedef struct {
  uint64_t number;
  const char *word; /* NSK_TCP_WORD */
} nsk_tcp_value;

/* False: this kernel, or this connection, has no such value. */
bool nsk_tcp_info_has(const nsk_tcp_info *info, const nsk_tcp_field *field,
                      nsk_tcp_value *value);

/* EAFNOSUPPORT, ESOCKTNOSUPPORT: no TCP socket; EOPNOTSUPP: not on this system; EBADF.
   Source: tcp(7), TCP_INFO. */
nsk_outcome nsk_socket_tcpinfo(nsk_socket *s, nsk_tcp_info *info, nsk_error *error);

#endif
