#include "net/bound_socket.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

namespace sextant::net {
namespace {

TEST(BoundSocket, KnowsWhoCanReachIt) {
  struct Case {
    const char* address;
    bool is_loopback;
  };
  for (const auto& each :
       {Case{"127.0.0.1", true}, Case{"127.1.2.3", true}, Case{"0.0.0.0", false}}) {
    const auto socket = BoundSocket::bind(each.address, 0);
    ASSERT_TRUE(socket) << each.address;
    EXPECT_EQ((*socket)->is_loopback(), each.is_loopback) << each.address;
    EXPECT_FALSE((*socket)->is_v6());
    EXPECT_NE((*socket)->port(), 0);
  }
}

TEST(BoundSocket, RefusesWhatIsNoAddressOfThisMachine) {
  for (const auto* address : {"localhost", "127.foo", "127.0.0.1.example.com", "", "203.0.113.7"}) {
    const auto socket = BoundSocket::bind(address, 0);
    ASSERT_FALSE(socket) << address;
    EXPECT_EQ(socket.error().code, Code::Invalid) << address;
  }
}

TEST(BoundSocket, APortThatSomebodyListensOnIsTaken) {
  auto first = BoundSocket::bind("127.0.0.1", 0);
  ASSERT_TRUE(first);
  const auto port = (*first)->port();
  const int listening = (*first)->release();
  ASSERT_EQ(::listen(listening, 1), 0);
  const auto second = BoundSocket::bind("127.0.0.1", port);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Code::Conflict);
  EXPECT_NE(second.error().message.find(std::to_string(port)), std::string::npos);
  ::close(listening);
  EXPECT_TRUE(BoundSocket::bind("127.0.0.1", port));
}

TEST(BoundSocket, GivesItsPortBack) {
  const auto port = BoundSocket::bind("127.0.0.1", 0).value()->port();
  EXPECT_TRUE(BoundSocket::bind("127.0.0.1", port));
}

}  // namespace
}  // namespace sextant::net
