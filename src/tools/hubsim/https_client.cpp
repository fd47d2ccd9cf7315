#include "tools/hubsim/https_client.hpp"

#include <curl/curl.h>

#include <stdexcept>
#include <string_view>

namespace consentd::hubsim {

namespace {

// libcurl wants this once, before the first handle and before threads.
struct library {
  library() {
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
      throw std::runtime_error("libcurl cannot start");
    }
  }
  library(library const&) = delete;
  library& operator=(library const&) = delete;
  ~library() { curl_global_cleanup(); }
};

struct easy_free {
  void operator()(CURL* handle) const noexcept { curl_easy_cleanup(handle); }
};

// A list of header fields in libcurl's form.
class field_list {
public:
  void add(std::string const& field) {
    auto* longer = curl_slist_append(list_.get(), field.c_str());
    if (longer == nullptr) {
      throw std::bad_alloc();
    }
    static_cast<void>(list_.release());
    list_.reset(longer);
  }
  curl_slist* get() const noexcept { return list_.get(); }

private:
  struct list_free {
    void operator()(curl_slist* list) const noexcept { curl_slist_free_all(list); }
  };
  std::unique_ptr<curl_slist, list_free> list_;
};

// No answer of the daemon has a body that matters here; it is read and dropped.
std::size_t drop(char*, std::size_t size, std::size_t count, void*) {
  return size * count;
}

// libcurl's trace is the only place where a request that it sends again by itself can be seen.
int count_requests(CURL*, curl_infotype kind, char*, std::size_t, void* counter) {
  if (kind == CURLINFO_HEADER_OUT) {
    ++*static_cast<unsigned*>(counter);
  }
  return 0;
}

field_list fields_of(request const& what) {
  field_list fields;
  if (what.bearer) {
    fields.add("Authorization: Bearer " + *what.bearer);
  }
  fields.add("Content-Type: " + what.content_type);
  fields.add("Accept: " + what.accept);
  fields.add("x-fapi-interaction-id: " + what.interaction_id);
  // Bodies over 1 MiB would wait a second for 100 Continue.
  fields.add("Expect:");
  return fields;
}

} // namespace

struct https_client::state {
  std::string url;
  unsigned ignored = 0;
  std::unique_ptr<CURL, easy_free> handle; // ends before what it points to

  template <class T>
  void set(CURLoption option, T value) const {
    if (auto const code = curl_easy_setopt(handle.get(), option, value); code != CURLE_OK) {
      throw std::runtime_error(std::string("libcurl: ") + curl_easy_strerror(code));
    }
  }

  template <class T>
  T ask(CURLINFO what) const {
    T value{};
    curl_easy_getinfo(handle.get(), what, &value);
    return value;
  }

  std::string field(char const* name) const {
    curl_header* found = nullptr;
    if (curl_easy_header(handle.get(), name, 0, CURLH_HEADER, -1, &found) != CURLHE_OK) {
      return {};
    }
    return found->value;
  }
};

https_client::https_client(std::string url, std::string const& ca_file, std::chrono::milliseconds patience) {
  static library const started;
  state_ = std::make_unique<state>();
  state_->url = std::move(url);
  state_->handle.reset(curl_easy_init());
  if (!state_->handle) {
    throw std::runtime_error("libcurl cannot make a handle");
  }
  state_->set(CURLOPT_CAINFO, ca_file.c_str());
  state_->set(CURLOPT_SSL_VERIFYPEER, 1L);
  state_->set(CURLOPT_SSL_VERIFYHOST, 2L);
  state_->set(CURLOPT_PROTOCOLS_STR, "https");
  state_->set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  // A proxy of the environment has no business between two programs of one machine.
  state_->set(CURLOPT_PROXY, "");
  state_->set(CURLOPT_NOSIGNAL, 1L);
  state_->set(CURLOPT_TIMEOUT_MS, static_cast<long>(patience.count()));
  state_->set(CURLOPT_WRITEFUNCTION, &drop);
  state_->set(CURLOPT_DEBUGFUNCTION, &count_requests);
  state_->set(CURLOPT_VERBOSE, 1L);
}

https_client::https_client(https_client&&) noexcept = default;
https_client::~https_client() = default;

answer https_client::post(request const& what) {
  auto const fields = fields_of(what);
  state_->set(CURLOPT_URL, (state_->url + what.path_suffix).c_str());
  state_->set(CURLOPT_CUSTOMREQUEST, what.method.c_str());
  state_->set(CURLOPT_HTTPHEADER, fields.get());
  state_->set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(what.body.size()));
  state_->set(CURLOPT_POSTFIELDS, what.body.data());

  answer made;
  state_->set(CURLOPT_DEBUGDATA, &made.sent);
  auto const code = curl_easy_perform(state_->handle.get());
  made.took = std::chrono::microseconds(state_->ask<curl_off_t>(CURLINFO_TOTAL_TIME_T));
  // A refusal that came while the body was still being written counts: the status line was read, whatever failed after
  // it.
  made.status = static_cast<unsigned>(state_->ask<long>(CURLINFO_RESPONSE_CODE));
  if (code != CURLE_OK && made.accepted()) {
    made.status = 0;
  }
  if (made.status == 0) {
    made.why = curl_easy_strerror(code);
  } else {
    made.interaction_id = state_->field("x-fapi-interaction-id");
    if (auto const wait = state_->ask<curl_off_t>(CURLINFO_RETRY_AFTER); wait > 0) {
      made.retry_after = std::chrono::seconds(wait);
    }
  }
  // libcurl must not keep pointers into what ends with this call; it traces connections that it closes later, too.
  state_->set(CURLOPT_DEBUGDATA, &state_->ignored);
  state_->set(CURLOPT_POSTFIELDS, static_cast<char const*>(nullptr));
  state_->set(CURLOPT_HTTPHEADER, static_cast<curl_slist*>(nullptr));
  return made;
}

} // namespace consentd::hubsim
