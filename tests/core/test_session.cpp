// Sessions made by several threads at once.
#include <onnxruntime_cxx_api.h>

#include <QtTest>
#include <barrier>
#include <thread>

#include "core/runtime/session.h"
#include "tests/support/prepared_models.h"

using namespace quantwright;
using namespace quantwright::testing;

class TestSession : public QObject {
    Q_OBJECT

private slots:
    /// The runtime's own table of domains is not safe against this; without our care the first rounds fail.
    void threads_bring_the_same_new_domain() {
        ModelBuilder b;
        b.input("x", {1, 3, 8, 8}).output("y").conv("stem", "x", "y", 3, 4);
        const auto model = b.build();
        constexpr int k_threads = 8;
        for (int round = 0; round < 100; ++round) {
            const std::string name = "test.domain" + std::to_string(round);
            std::barrier start(k_threads);
            std::array<std::string, k_threads> failures;
            {
                std::vector<std::jthread> threads;
                for (auto& failure : failures)
                    threads.emplace_back([&] {
                        SessionOptions options;
                        options.threads = 1;
                        options.operators.push_back(
                            {name, std::make_shared<Ort::CustomOpDomain>(name.c_str())});
                        start.arrive_and_wait();
                        if (const auto session = Session::create(*model, options); !session)
                            failure = session.error().detail;
                    });
            }
            for (const auto& failure : failures)
                QVERIFY2(failure.empty(), failure.c_str());
        }
    }
};

QTEST_GUILESS_MAIN(TestSession)
#include "test_session.moc"
