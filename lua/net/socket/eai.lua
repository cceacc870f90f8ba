return require('net.socket').eai
