/* What sendall sends: a string, or many pieces in a row. */
#ifndef NSKL_PIECES_H
#define NSKL_PIECES_H

#include "adapter.h"

/* Whether the message at index is a sequence of strings or an iovec, and no string. */
bool nskl_is_pieces(lua_State *L, int index);

/* Its pieces. Pushes what keeps them as they are; an iovec is told to be busy by the call
   that waits: *busy, NULL for a sequence. */
const nsk_iovec *nskl_pieces(lua_State *L, int index, nskl_iovec **busy);

#endif
