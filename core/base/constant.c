/* Constants and facts of this system. */
#include "base/sys.h"

#ifdef NSK_HAVE_NETFILTER
#include <linux/netfilter_ipv4.h>
#endif
#include "netsocket.h"

#define CONSTANT(NAME) {#NAME, NAME},
const nsk_constant nsk_constants[] = {
#include "constant_rows.h"
    {NULL, 0}};
#undef CONSTANT

const char nsk_os[] = NSK_OS;

const int nsk_any_family = AF_UNSPEC;
const int nsk_inet = AF_INET;
const int nsk_inet6 = AF_INET6;
const int nsk_unix = AF_UNIX;
const int nsk_stream = SOCK_STREAM;
const int nsk_dgram = SOCK_DGRAM;
const int nsk_seqpacket = SOCK_SEQPACKET;
const int nsk_tcp = IPPROTO_TCP;
const int nsk_udp = IPPROTO_UDP;
const int nsk_passive = AI_PASSIVE;
const int nsk_canonical = AI_CANONNAME;
const int nsk_shut_both = SHUT_RDWR;
const int nsk_backlog = SOMAXCONN;
