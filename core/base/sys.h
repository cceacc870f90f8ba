/*
 * The system as the core sees it: the only place that includes its headers. The
 * calls are made under their own names (sys.def lists them), so that a test build
 * can wrap each at link time.
 */
#ifndef NSK_SYS_H
#define NSK_SYS_H

#include "nsk_config.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#ifdef NSK_HAVE_NET_TSTAMP
#include <linux/net_tstamp.h>
/* Enumerators of that header; the rows of constant.def ask for macros. */
#define SOF_TIMESTAMPING_OPT_CMSG SOF_TIMESTAMPING_OPT_CMSG
#define SOF_TIMESTAMPING_OPT_ID SOF_TIMESTAMPING_OPT_ID
#define SOF_TIMESTAMPING_OPT_TSONLY SOF_TIMESTAMPING_OPT_TSONLY
#define SOF_TIMESTAMPING_RAW_HARDWARE SOF_TIMESTAMPING_RAW_HARDWARE
#define SOF_TIMESTAMPING_RX_HARDWARE SOF_TIMESTAMPING_RX_HARDWARE
#define SOF_TIMESTAMPING_RX_SOFTWARE SOF_TIMESTAMPING_RX_SOFTWARE
#define SOF_TIMESTAMPING_SOFTWARE SOF_TIMESTAMPING_SOFTWARE
#define SOF_TIMESTAMPING_SYS_HARDWARE SOF_TIMESTAMPING_SYS_HARDWARE
#define SOF_TIMESTAMPING_TX_ACK SOF_TIMESTAMPING_TX_ACK
#define SOF_TIMESTAMPING_TX_HARDWARE SOF_TIMESTAMPING_TX_HARDWARE
#define SOF_TIMESTAMPING_TX_SCHED SOF_TIMESTAMPING_TX_SCHED
#define SOF_TIMESTAMPING_TX_SOFTWARE SOF_TIMESTAMPING_TX_SOFTWARE
#endif

#ifdef NSK_HAVE_PACKET
#include <netpacket/packet.h>
#endif

#ifdef NSK_HAVE_NETLINK
#include <linux/netlink.h>
#endif

#ifdef NSK_HAVE_VSOCK
#include <linux/vm_sockets.h>
#endif

#ifdef NSK_HAVE_ERRQUEUE
#include <linux/errqueue.h>
#endif

/* What sendmmsg(2) and recvmmsg(2) take for flags: musl differs. */
#if defined(__linux__) && !defined(__GLIBC__)
typedef unsigned nski_mmsg_flags;
#else
typedef int nski_mmsg_flags;
#endif

#ifdef NSK_HAVE_EVENTFD
#include <sys/eventfd.h>
#endif

#endif
