# What this system offers, as generated/nsk_config.h. Sources ask `#ifdef NSK_HAVE_X`
# and never which system they are on.
include(CheckCSourceCompiles)
include(CheckStructHasMember)
include(CheckIncludeFiles)
include(CheckSymbolExists)
find_package(Threads REQUIRED)

# Opens the whole of glibc and musl; BSD headers are open anyway.
set(NSK_DEFINITIONS _GNU_SOURCE)
if(APPLE)
  list(APPEND NSK_DEFINITIONS _DARWIN_C_SOURCE)
endif()
if(CMAKE_SIZEOF_VOID_P EQUAL 4)
  list(APPEND NSK_DEFINITIONS _FILE_OFFSET_BITS=64)
endif()
list(TRANSFORM NSK_DEFINITIONS PREPEND -D OUTPUT_VARIABLE CMAKE_REQUIRED_DEFINITIONS)

set(CMAKE_REQUIRED_LIBRARIES Threads::Threads)
set(CMAKE_REQUIRED_FLAGS -Werror=implicit-function-declaration)
set(socket_headers sys/types.h sys/socket.h)

function(nsk_have name symbol)
  check_symbol_exists(${symbol} "${ARGN}" NSK_HAVE_${name})
endfunction()

nsk_have(ACCEPT4 accept4 ${socket_headers})
# Many packets in one system call, or one by one: core/packets_*.c.
check_symbol_exists(recvmmsg "${socket_headers}" NSK_KNOWS_MMSG)
set(best each)
if(NSK_KNOWS_MMSG)
  set(best mmsg)
endif()
set(NSK_PACKETS ${best} CACHE STRING "mmsg or each")
set_property(CACHE NSK_PACKETS PROPERTY STRINGS mmsg each)
if(NSK_PACKETS STREQUAL "mmsg")
  set(NSK_HAVE_MMSG 1)
endif()
nsk_have(PPOLL ppoll signal.h poll.h)
nsk_have(EVENTFD eventfd sys/eventfd.h)
nsk_have(EPOLL epoll_create1 sys/epoll.h)
nsk_have(KQUEUE kevent sys/types.h sys/event.h sys/time.h)
# What stands for several descriptors: core/system/pollset_*.c.
set(best poll)
if(NSK_HAVE_EPOLL)
  set(best epoll)
elseif(NSK_HAVE_KQUEUE)
  set(best kqueue)
endif()
set(NSK_POLLSET ${best} CACHE STRING "epoll, kqueue or poll")
set_property(CACHE NSK_POLLSET PROPERTY STRINGS epoll kqueue poll)
nsk_have(SIGTIMEDWAIT sigtimedwait signal.h)
foreach(name SOCK_CLOEXEC SO_NOSIGPIPE SO_DOMAIN SO_PROTOCOL)
  nsk_have(${name} ${name} ${socket_headers})
endforeach()

# The type of a structure's member: msghdr's counts and cmsghdr's length are size_t in glibc,
# and int or socklen_t elsewhere.
function(nsk_member_type name struct member)
  foreach(type size_t int)
    check_c_source_compiles("
      #include <sys/types.h>
      #include <sys/socket.h>
      #include <netinet/in.h>
      _Static_assert(_Generic(((struct ${struct} *)0)->${member}, ${type}: 1, default: 0), \"\");
      int main(void) { return 0; }
      " NSK_${name}_${type})
    if(NSK_${name}_${type})
      set(NSK_${name} ${type} PARENT_SCOPE)
      return()
    endif()
  endforeach()
  set(NSK_${name} "unsigned int" PARENT_SCOPE)
endfunction()
nsk_member_type(IOVLEN msghdr msg_iovlen)
nsk_member_type(CONTROLLEN msghdr msg_controllen)
nsk_member_type(CMSGLEN cmsghdr cmsg_len)
nsk_member_type(IFINDEX in_pktinfo ipi_ifindex)

# Linux' sendfile: others of that name have other parameters.
check_c_source_compiles("
  #include <sys/types.h>
  #include <sys/sendfile.h>
  int main(void) { off_t o = 0; return (int)sendfile(1, 0, &o, (size_t)1); }
  " NSK_HAVE_LINUX_SENDFILE)

check_c_source_compiles("
  #include <sys/socket.h>
  #include <linux/net_tstamp.h>
  int main(void) { return SOF_TIMESTAMPING_OPT_TSONLY == 0; }
  " NSK_HAVE_NET_TSTAMP)
check_c_source_compiles("
  #include <time.h>
  #include <sys/socket.h>
  #include <linux/errqueue.h>
  int main(void) { struct sock_extended_err e; return SO_EE_ORIGIN_LOCAL + (int)sizeof e; }
  " NSK_HAVE_ERRQUEUE)
# Of Linux: addresses of its own families.
check_include_files("sys/socket.h;netpacket/packet.h" NSK_HAVE_PACKET)
check_include_files("sys/socket.h;linux/netlink.h" NSK_HAVE_NETLINK)
check_include_files("sys/socket.h;linux/vm_sockets.h" NSK_HAVE_VSOCK)
# musl's netinet/in.h and the kernel's headers do not go together.
check_include_files("sys/socket.h;netinet/in.h;linux/netfilter_ipv4.h" NSK_HAVE_NETFILTER)
check_struct_has_member("struct sockaddr" sa_len "sys/types.h;sys/socket.h" NSK_HAVE_SA_LEN)
# OpenBSD gives SO_PEERCRED another structure.
check_struct_has_member("struct ucred" pid "sys/types.h;sys/socket.h" NSK_HAVE_UCRED)
set(inet_headers sys/types.h sys/socket.h netinet/in.h)
check_struct_has_member("struct ip_mreqn" imr_ifindex "${inet_headers}" NSK_HAVE_IP_MREQN)
check_struct_has_member("struct group_source_req" gsr_group "${inet_headers}" NSK_HAVE_GROUP_REQ)
# FreeBSD has SIOCGIFINDEX and another name for what it fills.
check_struct_has_member("struct ifreq" ifr_ifindex "sys/types.h;sys/socket.h;net/if.h" NSK_HAVE_IFR_IFINDEX)

string(TOLOWER "${CMAKE_SYSTEM_NAME}" NSK_OS)
set(connect_twice OFF)
if(CMAKE_SYSTEM_NAME STREQUAL "Linux")
  set(connect_twice ON)
  # The kernel may be newer than the headers, and sends descriptors all the same.
  set(NSK_SCM_PIDFD 4)
  set(NSK_LINUX_TCP_INFO 1)
  set(NSK_HAVE_AUTOBIND 1)
endif()
set(NSK_CONNECT_TWICE ${connect_twice} CACHE BOOL "A second connect(2) tells of the first")
mark_as_advanced(NSK_CONNECT_TWICE)

configure_file(${CMAKE_CURRENT_LIST_DIR}/nsk_config.h.in ${NSK_GENERATED}/nsk_config.h)
unset(CMAKE_REQUIRED_DEFINITIONS)
unset(CMAKE_REQUIRED_LIBRARIES)
unset(CMAKE_REQUIRED_FLAGS)
