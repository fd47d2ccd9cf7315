// A subscriber in C++, with the client library: a durable consumer. Prints one line for each entry, then acknowledges
// it.
//
//   subscriber SOCKET NAME
#include <consentd/client.hpp>

#include <cstdlib>
#include <iostream>
#include <string>

namespace client = consentd::client;

namespace {

// What is to be done with an entry goes here. It may come twice: what was not acknowledged comes again.
void deal_with(client::event const& entry) {
  std::cout << entry.place << ' ' << entry.type << ' ' << entry.subject << ' '
            << (entry.status.empty() ? "none" : entry.status) << std::endl;
}

void follow(client::settings const& where, std::string const& name) {
  client::daemon daemon(where);
  // Makes the consumer if it is not there; then it begins with the oldest entry kept, and otherwise where it was. One
  // that was forgotten while this program was away misses nothing so.
  daemon.ask(client::keep_consumer(name)).value();
  client::event_stream changes(client::consumed_by(name), where);
  while (true) {
    auto const change = changes.next().value(); // reconnects by itself; throws what no new attempt can mend
    if (change.kind == client::event_kind::entry) {
      deal_with(change);
    } else if (change.kind == client::event_kind::reset) {
      std::cout << change.place << " reset" << std::endl;
    }
    if (change.place.empty()) {
      continue;
    }
    // Were the daemon away now, this entry and those since the last acknowledgement would come again.
    if (auto const taken = daemon.ask(client::acknowledge(name, change.place)); !taken) {
      std::cerr << describe(taken.error()) << std::endl;
    }
  }
}

} // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: subscriber SOCKET NAME\n";
    return EXIT_FAILURE;
  }
  try {
    follow({.socket_path = argv[1]}, argv[2]);
  } catch (client::failed const& why) {
    std::cerr << why.what() << std::endl;
  }
  return EXIT_FAILURE;
}
