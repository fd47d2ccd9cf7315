// The way back to a coroutine that waits for a thread of the store.
#ifndef CONSENTD_STORE_SQLITE_AWAITED_HPP
#define CONSENTD_STORE_SQLITE_AWAITED_HPP

#include "base/result.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/execution/outstanding_work.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/prefer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <utility>

namespace consentd::store::sqlite {

template <class T>
using completion_signature = void(result<T>);

// One suspended coroutine and the work that keeps its executor running. Completed exactly once.
template <class T>
class awaited {
public:
  using handler =
      typename boost::asio::async_result<boost::asio::use_awaitable_t<>, completion_signature<T>>::handler_type;

  explicit awaited(handler&& suspended)
      : handler_(std::move(suspended)),
        executor_(boost::asio::prefer(boost::asio::get_associated_executor(handler_),
                                      boost::asio::execution::outstanding_work.tracked)) {}

  // Any thread: the coroutine goes on in its own executor.
  void complete(result<T> with) {
    auto const executor = std::move(executor_);
    boost::asio::post(executor, [suspended = std::move(handler_), with = std::move(with)]() mutable {
      std::move(suspended)(std::move(with));
    });
  }

private:
  handler handler_;
  boost::asio::any_io_executor executor_;
};

} // namespace consentd::store::sqlite

#endif
