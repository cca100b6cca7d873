// Sample files that are damaged or lie: each is refused, and the agent goes on.
#include "agent_models.h"
#include "sample_bytes.h"

using namespace quantwright;
using namespace quantwright::testing;

namespace {

constexpr std::size_t k_elements = std::size_t{3} * 16 * 16;

Json good_header() {
    const std::vector<double> table{0, 0.5, 1};
    return {
        {"samples", 2},
        {"codec", "none"},
        {"inputs",
         {{{"name", "input"}, {"type", 1}, {"shape", {1, 3, 16, 16}}, {"tables", {table, table, table}}}}},
        {"sizes", {k_elements, k_elements}}};
}
const std::string k_codes(2 * k_elements, '\2');

}  // namespace

class TestAgentSamples : public QObject {
    Q_OBJECT

    AgentHome m_home;
    AgentProcess m_agent;

    AgentReply run(const std::string& file) {
        const std::string path = m_home.put("s.qws", file);
        return m_agent.ask({{"do", "run"}, {"name", "a"}, {"samples", path}});
    }

private slots:
    void initTestCase() {
        start_agent(m_agent, m_home, *small_cnn());
        QVERIFY(load(m_agent).ok());
        QVERIFY(run(sample_file(good_header().dump(), k_codes)).ok());
    }

    /// Nothing but the whole file will do.
    void cut_short() {
        const std::string whole = sample_file(good_header().dump(), k_codes);
        std::size_t refused = 0, tried = 0;
        for (std::size_t bytes = 0; bytes < whole.size(); bytes += bytes < 700 ? 1 : 97, ++tried) {
            const AgentReply reply = run(whole.substr(0, bytes));
            QCOMPARE(reply.error_code(), "board.bad_answer");
            QVERIFY(reply.events.empty());
            refused += reply.ok() ? 0 : 1;
        }
        QCOMPARE(refused, tried);
        QCOMPARE(run(whole + ' ').error_code(), "board.bad_answer");
    }

    void lies_data() {
        QTest::addColumn<QString>("pointer");
        QTest::addColumn<QString>("value");
        const auto row = [](const char* pointer, const char* value) {
            QTest::addRow("%s = %.40s", pointer, value) << QString(pointer) << QString(value);
        };
        for (const char* value : {"3", "-2", "18446744073709551615", "1e300", "2.5", "null", "\"2\"", "[]"})
            row("/samples", value);
        for (const char* value : {"\"lzma\"", "7", "\"zstd\"", "null"})
            row("/codec", value);
        for (const char* value : {"[]", "{}", "[768]", "[768,769]", "[0,1536]", "[-768,2304]",
                                  "[18446744073709551615,769]", "[768.5,767.5]", "null"})
            row("/sizes", value);
        for (const char* value : {"[]", "{}", "7", "[7]", "[{}]"})
            row("/inputs", value);
        for (const char* value : {"2", "0", "8", "-1", "1e300", "99999999999", "\"1\"", "null"})
            row("/inputs/0/type", value);
        for (const char* value : {"[1,3,16,17]", "[1,3,-16,-16]", "[1,3,0,16]", "[4294967296,4294967296,3,1]",
                                  "[1,18446744073709551615]", "[]", "[768]", "[3,1,16,16]", "[1,3,16,16,1]",
                                  "[1,3,1e9,1]", "[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]", "7", "null"})
            row("/inputs/0/shape", value);
        for (const char* value : {"[]", "[[1],[1]]", "[[1],[1],[1],[1]]", "[[],[],[]]", "[[0,1],[0,1],[0,1]]",
                                  "[[0,1,1e39],[0,1,1],[0,1,1]]", "[[0,1,null],[0,1,1],[0,1,1]]", "{}", "7"})
            row("/inputs/0/tables", value);
        row("/inputs/0/name", "\"other\"");
        row("/inputs/0/name", "7");
    }
    void lies() {
        QFETCH(QString, pointer);
        QFETCH(QString, value);
        Json header = good_header();
        header[Json::json_pointer(pointer.toStdString())] = Json::parse(value.toStdString());
        const AgentReply reply = run(sample_file(header.dump(), k_codes));
        QCOMPARE(reply.error_code(), "board.bad_answer");
        QVERIFY(reply.events.empty());
        QVERIFY(run(sample_file(good_header().dump(), k_codes)).ok());
    }

    void header_length_lies() {
        std::string file = sample_file(good_header().dump(), k_codes);
        for (const char byte : {'\x01', '\x7f', '\xff'}) {
            file[7] = byte;
            QCOMPARE(run(file).error_code(), "board.bad_answer");
        }
    }

    void frames_that_lie() {
        Json header = good_header();
        header["codec"] = "zstd";
        for (const std::string& frame :
             {compressed(std::string(k_elements + 1, '\0')), compressed(std::string(k_elements - 1, '\0')),
              std::string(20, '\xfd'), compressed(std::string(std::size_t{1} << 26, '\0'))}) {
            header["sizes"] = {frame.size(), frame.size()};
            QCOMPARE(run(sample_file(header.dump(), frame + frame)).error_code(), "board.bad_answer");
        }
    }

    void ranges_outside() {
        const std::string path = m_home.put("s.qws", sample_file(good_header().dump(), k_codes));
        for (const auto& [first, count] : {std::pair{0, 3}, {1, 2}, {3, 0}, {-1, 1}, {0, -1}})
            QCOMPARE(
                m_agent
                    .ask(
                        {{"do", "run"}, {"name", "a"}, {"samples", path}, {"first", first}, {"count", count}})
                    .error_code(),
                "board.bad_answer");
        QVERIFY(
            m_agent.ask({{"do", "run"}, {"name", "a"}, {"samples", path}, {"first", 2}, {"count", 0}}).ok());
        QCOMPARE(
            m_agent.ask({{"do", "run"}, {"name", "a"}, {"samples", AgentHome::inside("none")}}).error_code(),
            "board.file_missing");
        QCOMPARE(
            m_agent.ask({{"do", "benchmark"}, {"names", {"a"}}, {"samples", AgentHome::inside("a.onnx")}})
                .error_code(),
            "board.bad_answer");
    }
};

QTEST_GUILESS_MAIN(TestAgentSamples)
#include "test_agent_samples.moc"
