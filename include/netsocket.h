/*
 * netsocket: the socket API, once, in C.
 *
 * The core knows sockets and no interpreter. Every function answers with an
 * nsk_outcome and, when that is NSK_FAILED, has filled the nsk_error it was
 * given on the line after the system call. Nothing here ever waits, except
 * nsk_wait, nsk_resolve, nsk_connect_resolve, nsk_bind (which resolves) and the
 * plain calls of a socket that was made blocking.
 *
 * Integers that a user typed arrive as int64_t and times as double seconds; the
 * core checks their range. Deadlines inside are absolute, in monotonic
 * nanoseconds. A text is a pointer and a length: NUL is an ordinary byte in it.
 *
 * After a failure every object is as it was before the call.
 */
#ifndef NETSOCKET_H
#define NETSOCKET_H

#include "netsocket/address.h"
#include "netsocket/connect.h"
#include "netsocket/group.h"
#include "netsocket/many.h"
#include "netsocket/message.h"
#include "netsocket/option.h"
#include "netsocket/outcome.h"
#include "netsocket/pending.h"
#include "netsocket/reader.h"
#include "netsocket/socket.h"
#include "netsocket/system.h"
#include "netsocket/tcpinfo.h"
#include "netsocket/time.h"
#include "netsocket/timeout.h"
#include "netsocket/transfer.h"

#define NSK_VERSION "0.1.0"

#endif
