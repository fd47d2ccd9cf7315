// A copy of all consents that keeps itself up to date, in coroutines: prints which may be used whenever that changes.
//
//   cache SOCKET [COUNT]      ends after COUNT changes
#include <consentd/client.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/this_coro.hpp>

#include <cstdlib>
#include <iostream>
#include <map>
#include <string>

namespace asio = boost::asio;
namespace client = consentd::client;

namespace {

struct known {
  std::string place;
  std::string status;
};

// Rows and entries alike: what is not newer than what is known was had before.
bool take(std::map<std::string, known>& copy, client::event const& one) {
  auto& mine = copy[one.subject];
  if (!client::is_newer(one.place, mine.place)) {
    return false;
  }
  mine = {one.place, one.status};
  return true;
}

// A daemon that is away for a moment is no reason to end: nobody can say now, and whoever wants to use it asks again.
std::string in_words(client::result<client::usability> const& verdict) {
  if (!verdict && verdict.error().is_temporary()) {
    return "not known now: " + describe(verdict.error());
  }
  return verdict.value().usable ? "usable" : verdict.value().reason;
}

asio::awaitable<void> keep(client::settings where, long changes_left) {
  auto const executor = co_await asio::this_coro::executor;
  client::async_daemon daemon(executor, where);
  client::async_event_stream stream(executor, client::snapshot(), where);
  std::map<std::string, known> copy;
  while (changes_left != 0) {
    auto const next = co_await stream.next();
    auto const& one = next.value();
    if (one.kind == client::event_kind::rows_begin) {
      copy.clear();
    } else if (one.kind == client::event_kind::row) {
      take(copy, one);
    } else if (one.kind == client::event_kind::rows_end) {
      std::cout << copy.size() << " consents" << std::endl;
    } else if (one.kind == client::event_kind::entry && one.type.starts_with("ae.openfinance.consent.") &&
               take(copy, one)) {
      // A copy tells what happened. Whether a consent may be used now is the daemon's to say: time alone can end it.
      auto const verdict = co_await daemon.ask(client::usable(one.subject));
      std::cout << one.subject << ' ' << in_words(verdict) << std::endl;
      --changes_left;
    }
  }
}

} // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::cerr << "usage: cache SOCKET [COUNT]\n";
    return EXIT_FAILURE;
  }
  try {
    asio::io_context context;
    asio::co_spawn(context, keep({.socket_path = argv[1]}, argc > 2 ? std::atol(argv[2]) : -1),
                   [](std::exception_ptr bug) {
                     if (bug) {
                       std::rethrow_exception(bug);
                     }
                   });
    context.run();
  } catch (std::exception const& why) {
    std::cerr << why.what() << std::endl;
    return EXIT_FAILURE;
  }
  return EXIT_SUCCESS;
}
