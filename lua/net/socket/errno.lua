return require('net.socket').errno
