/* datagrams MODE BATCH COUNT: sends and receives COUNT datagrams of 64 bytes over two
   sockets of this process, BATCH at a time: MODE is each (sendto, recvfrom), mmsg, gso
   (UDP_SEGMENT, recvmmsg) or gro (UDP_GRO too). Prints the seconds of processor time. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

enum { SIZE = 64, MOST = 512, SEGMENTS = 64 };

static char out[MOST][SIZE], in[MOST][65536];
static struct mmsghdr header[MOST];
static struct iovec piece[MOST];
static struct sockaddr_in at, from[MOST];
static union {
  struct cmsghdr align;
  char bytes[64];
} control[MOST];
static int ours, theirs;

static void die(const char *what) {
  perror(what);
  exit(1);
}

static int bound(struct sockaddr_in *name) {
  socklen_t length = sizeof *name;
  int fd = socket(AF_INET, SOCK_DGRAM, 0), room = 4 << 20;
  *name = (struct sockaddr_in){.sin_family = AF_INET};
  name->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (bind(fd, (struct sockaddr *)name, length) != 0) die("bind");
  getsockname(fd, (struct sockaddr *)name, &length);
  setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
  return fd;
}

static void each(int batch) {
  for (int i = 0; i < batch; i++)
    if (sendto(ours, out[i], SIZE, 0, (struct sockaddr *)&at, sizeof at) != SIZE)
      die("sendto");
  for (int i = 0; i < batch; i++) {
    socklen_t length = sizeof *from;
    if (recvfrom(theirs, in[i], sizeof in[i], 0, (struct sockaddr *)from, &length) < 0)
      die("recvfrom");
  }
}

/* `together` datagrams a message. */
static void send_batch(int batch, int together) {
  int messages = 0;
  for (int i = 0; i < batch; i += together, messages++) {
    int count = batch - i < together ? batch - i : together;
    piece[messages] = (struct iovec){out[i], (size_t)count * SIZE};
    header[messages].msg_hdr = (struct msghdr){.msg_name = &at,
                                               .msg_namelen = sizeof at,
                                               .msg_iov = &piece[messages],
                                               .msg_iovlen = 1};
    if (count == 1) continue;
    struct cmsghdr *c = &control[messages].align;
    header[messages].msg_hdr.msg_control = c;
    header[messages].msg_hdr.msg_controllen = CMSG_SPACE(sizeof(uint16_t));
    c->cmsg_level = IPPROTO_UDP;
    c->cmsg_type = UDP_SEGMENT;
    c->cmsg_len = CMSG_LEN(sizeof(uint16_t));
    memcpy(CMSG_DATA(c), &(uint16_t){SIZE}, sizeof(uint16_t));
  }
  if (sendmmsg(ours, header, (unsigned)messages, 0) != messages) die("sendmmsg");
}

static void receive_batch(int batch) {
  for (int bytes = 0; bytes < batch * SIZE;) {
    for (int i = 0; i < batch; i++) {
      piece[i] = (struct iovec){in[i], sizeof in[i]};
      header[i].msg_hdr = (struct msghdr){.msg_name = &from[i],
                                          .msg_namelen = sizeof from[i],
                                          .msg_iov = &piece[i],
                                          .msg_iovlen = 1,
                                          .msg_control = &control[i],
                                          .msg_controllen = sizeof control[i]};
    }
    int got = recvmmsg(theirs, header, (unsigned)batch, MSG_WAITFORONE, NULL);
    if (got < 0) die("recvmmsg");
    for (int i = 0; i < got; i++)
      bytes += (int)header[i].msg_len;
  }
}

int main(int argc, char **argv) {
  struct sockaddr_in own;
  struct timespec time;
  if (argc != 4) return 2;
  int batch = atoi(argv[2]), one = 1;
  ours = bound(&own);
  theirs = bound(&at);
  if (strcmp(argv[1], "gro") == 0)
    setsockopt(theirs, IPPROTO_UDP, UDP_GRO, &one, sizeof one);
  for (long left = atol(argv[3]); left > 0; left -= batch) {
    if (strcmp(argv[1], "each") == 0) {
      each(batch);
    } else {
      send_batch(batch, strcmp(argv[1], "mmsg") == 0 ? 1 : SEGMENTS);
      receive_batch(batch);
    }
  }
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  printf("%.9f\n", (double)time.tv_sec + (double)time.tv_nsec / 1e9);
  return 0;
}
