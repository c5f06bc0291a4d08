// Keeps an error of one TLS connection from ending another one.
#pragma once

namespace holdfast::runtime {

/// OpenSSL keeps errors in a queue of the thread, and takes whatever is in it
/// for the reason why a connection has nothing to read. CAF 0.17 leaves there
/// what a connection died of: the next one that is read on that thread dies of
/// it, too. From now on sockets begin each read and write with an empty queue.
/// Before the first connection; again it does nothing.
void part_tls_errors();

} // namespace holdfast::runtime
