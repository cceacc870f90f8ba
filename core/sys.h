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

#ifdef NSK_HAVE_EVENTFD
#include <sys/eventfd.h>
#endif

#endif
