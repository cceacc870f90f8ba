return require('net.socket').addrinfo
