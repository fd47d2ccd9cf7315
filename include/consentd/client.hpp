// The client library of consentd: what a TPP's services ask the consent daemon, over its Unix socket.
//
//   namespace client = consentd::client;
//
//   client::daemon daemon;                                        // asks, and waits for the answer
//   if (daemon.ask(client::usable("c-7f1e")).value().usable) …
//
//   client::event_stream changes(client::journal({.kind = "payment"}, last_place));
//   auto change = changes.next();                                 // reconnects and resumes by itself
//   for (; change; change = changes.next()) …
//   report(describe(change.error()));                             // what no new attempt can mend
//
// async_daemon and async_event_stream are the same for coroutines of Asio (with g++ 12, `co_await` an executor in a
// statement of its own: it destroys temporaries of such a statement twice). Failures are values (client::error), which
// result<T>::value() throws as client::failed. Nothing here writes to standard output or a log.
#ifndef CONSENTD_CLIENT_HPP
#define CONSENTD_CLIENT_HPP

#include <consentd/client/call.hpp>
#include <consentd/client/daemon.hpp>
#include <consentd/client/error.hpp>
#include <consentd/client/stream.hpp>
#include <consentd/client/values.hpp>

#endif
