// A board that lies: whatever comes over the pipe ends as one clear error, and nothing in it reaches a
// terminal as more than text. The hostile side is a script; the real agent is in test_deploy and test_agent.
#include <QtTest>
#include <deque>
#include <limits>

#include "core/board/agent.h"
#include "core/board/answer.h"
#include "core/board/clean_text.h"

using namespace quantwright;

namespace {

const char* const k_hello = R"({"quantwright_agent":1,"version":"1","pid":1})";
const char* const k_facts =
    R"({"id":1,"ok":true,"arch":"riscv64","cores":8,"memory_bytes":null,"kernel":"6.6","system":"Bianbu","machine":"",)"
    R"("is_k1":true,"emulated":false,"runtime_path":"/usr/lib/libonnxruntime.so.1","runtime":"1.21.0","api":21,)"
    R"("opset_max":22,"provider_path":"","providers":["CPUExecutionProvider"],"zstd":true})";

/// Says its lines one after the other, whatever it is asked.
class Script : public BoardProcess {
public:
    explicit Script(std::deque<std::string> lines, std::string errors = {}, int* heartbeats = nullptr)
        : m_lines(std::move(lines)), m_errors(std::move(errors)), m_heartbeats(heartbeats) {}
    Status write(std::string_view) override { return {}; }
    Status end_input() override { return {}; }
    Result<std::optional<std::string>> read_line(std::size_t longest) override {
        if (m_heartbeats && *m_heartbeats > 0) {
            --*m_heartbeats;
            return std::optional<std::string>(R"({"alive":1})");
        }
        if (m_lines.empty())
            return std::optional<std::string>();
        std::string line = std::move(m_lines.front());
        m_lines.pop_front();
        if (line.size() > longest)
            return fail(ErrorCode::board_bad_answer, "board", "too long");
        return std::optional<std::string>(std::move(line));
    }
    const std::string& error_output() const override { return m_errors; }
    std::optional<int> exit_status() override { return 137; }

private:
    std::deque<std::string> m_lines;
    std::string m_errors;
    int* m_heartbeats;
};

class ScriptedBoard : public Connection {
public:
    explicit ScriptedBoard(std::deque<std::string> lines, std::string errors = {}, int* heartbeats = nullptr)
        : m_lines(std::move(lines)), m_errors(std::move(errors)), m_heartbeats(heartbeats) {
        m_address.host = "board";
    }
    Result<std::unique_ptr<BoardProcess>> start(const std::string& command) override {
        m_command = command;
        return std::make_unique<Script>(m_lines, m_errors, m_heartbeats);
    }
    Result<std::string> run(const std::string&, std::size_t) override { return std::string(); }
    Result<Sftp*> sftp() override { return fail(ErrorCode::board_no_sftp, "board"); }
    void watch(CancelToken) override {}
    const BoardAddress& address() const override { return m_address; }
    [[nodiscard]] const std::string& command() const { return m_command; }

private:
    std::deque<std::string> m_lines;
    std::string m_errors, m_command;
    int* m_heartbeats;
    BoardAddress m_address;
};

constexpr const char* k_program = ".cache/quantwright/agents/0123abcd";

bool is_clean(const std::string& text) {
    return std::none_of(text.begin(), text.end(),
                        [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

QString told(const Error& error) {
    return QString::fromStdString(std::string(name_of(error.code)) + " " + error.subject + " " +
                                  error.detail);
}

}  // namespace

class TestHostileAgent : public QObject {
    Q_OBJECT

    static Result<std::unique_ptr<Agent>> start(std::deque<std::string> lines, std::string errors = {}) {
        ScriptedBoard board(std::move(lines), std::move(errors));
        return Agent::start(board, k_program, {});
    }

    /// The second request's answers.
    static std::unique_ptr<Agent> started(std::deque<std::string> after) {
        after.push_front(k_facts);
        after.push_front(k_hello);
        auto agent = start(std::move(after));
        if (!agent)
            qFatal("%s", qPrintable(told(agent.error())));
        return std::move(*agent);
    }

    static std::string facts_with(const char* key, const Json& value) {
        Json facts = Json::parse(k_facts);
        facts[key] = value;
        return facts.dump();
    }

private slots:
    void an_honest_one() {
        ScriptedBoard board({k_hello, k_facts});
        const auto agent = Agent::start(board, k_program, {});
        QVERIFY(agent);
        QCOMPARE(board.command(), std::string("cd && exec ./.cache/quantwright/agents/0123abcd serve"));
        QCOMPARE((*agent)->facts().arch, std::string("riscv64"));
        QCOMPARE((*agent)->facts().opset_max, std::int64_t(22));
        QVERIFY(!(*agent)->facts().memory_bytes);
    }

    void no_other_path_gets_into_the_command() {
        for (const char* path : {"x; rm -rf ~", ".cache/quantwright/a b", ".cache/quantwright/../../x",
                                 "/bin/sh", ".cache/quantwright/a;b", ".cache/quantwright/\n", ""}) {
            ScriptedBoard board({k_hello, k_facts});
            QVERIFY2(!Agent::start(board, path, {}), path);
            QVERIFY(board.command().empty());
        }
    }

    void no_hello_data() {
        QTest::addColumn<QByteArray>("line");
        QTest::newRow("garbage") << QByteArray("\x1b]0;owned\x07\x1b[2J\xff\xfe garbage");
        QTest::newRow("shell") << QByteArray("Welcome to Bianbu!");
        QTest::newRow("empty") << QByteArray("");
        QTest::newRow("another version") << QByteArray(R"({"quantwright_agent":2})");
        QTest::newRow("text version") << QByteArray(R"({"quantwright_agent":"1"})");
        QTest::newRow("no object") << QByteArray("[1,2,3]");
        QTest::newRow("deep") << QByteArray(500000, '[');
        QTest::newRow("deep object") << QByteArray(R"({"a":)").repeated(100000);
        QTest::newRow("deep but whole")
            << R"({"quantwright_agent":1,"x":)" + QByteArray(1000, '[') + QByteArray(1000, ']') + '}';
        QTest::newRow("long") << QByteArray(2 << 20, 'x');
        QTest::newRow("huge number") << QByteArray(R"({"quantwright_agent":1e999})");
        QTest::newRow("no UTF-8") << QByteArray("{\"quantwright_agent\":1,\"version\":\"\xff\xff\"}");
    }
    void no_hello() {
        QFETCH(QByteArray, line);
        const auto agent = start({line.toStdString(), k_facts});
        QVERIFY(!agent);
        QCOMPARE(agent.error().code, ErrorCode::board_bad_answer);
        QCOMPARE(agent.error().subject, std::string("board"));
        QVERIFY2(is_clean(agent.error().detail), qPrintable(told(agent.error())));
        QVERIFY(agent.error().detail.size() < 300);
    }

    void wrong_facts_data() {
        QTest::addColumn<QByteArray>("facts");
        const auto row = [](const char* name, const std::string& line) {
            QTest::newRow(name) << QByteArray::fromStdString(line);
        };
        row("cores text", facts_with("cores", "8"));
        row("no cores", facts_with("cores", 0));
        row("cores absurd", facts_with("cores", 1e300));
        row("cores broken", facts_with("cores", 1.5));
        row("memory negative", facts_with("memory_bytes", -1));
        row("memory absurd", facts_with("memory_bytes", std::numeric_limits<std::uint64_t>::max()));
        row("arch a list", facts_with("arch", Json::array({1})));
        row("providers a text", facts_with("providers", "x"));
        row("providers numbers", facts_with("providers", Json::array({1, 2})));
        row("too many providers", facts_with("providers", Json(std::vector<std::string>(1000, "p"))));
        row("flag a number", facts_with("is_k1", 1));
        row("another answer", facts_with("id", 2));
        row("no answer", facts_with("id", nullptr));
        row("not ok", facts_with("ok", false));
        row("ok a text", facts_with("ok", "yes"));
        row("error without code", R"({"id":1,"error":{}})");
        row("error a text", R"({"id":1,"error":"cancelled"})");
        row("error of another kind", R"({"id":1,"error":{"code":"cancelled"}})");
        row("error of the host", R"({"id":1,"error":{"code":"board.host_key_changed"}})");
    }
    void wrong_facts() {
        QFETCH(QByteArray, facts);
        const auto agent = start({k_hello, facts.toStdString()});
        QVERIFY(!agent);
        QCOMPARE(agent.error().code, ErrorCode::board_bad_answer);
    }

    void names_are_only_text() {
        const std::string evil = "\x1b[31m\x1b]52;c;AAAA\x07 K1\r\n\xe2\x80\xae gnp.exe\xc2\x9b";
        const auto agent = start({k_hello, facts_with("system", evil)});
        QVERIFY(agent);
        QCOMPARE((*agent)->facts().system, std::string("[31m ]52;c;AAAA K1 gnp.exe"));
        const auto long_one = start({k_hello, facts_with("system", std::string(500'000, 'x'))});
        QVERIFY(long_one && (*long_one)->facts().system.size() <= 256);
        // So are its words for an error, and what it leaves on stderr.
        Json refusal = {{"id", 2}};
        refusal["error"] = {{"code", "board.model_refused"}, {"subject", "\x1b[2Jm"}, {"detail", "\x07no"}};
        auto refusing = started({refusal.dump()});
        const auto refused = refusing->load({});
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, ErrorCode::board_model_refused);
        QCOMPARE(refused.error().subject, std::string("[2Jm"));
        QCOMPARE(refused.error().detail, std::string("no"));
        const auto killed = start({}, "\x1b[2J terminate\nKilled\n");
        QVERIFY(!killed);
        QCOMPARE(killed.error().code, ErrorCode::board_agent_ended);
        QCOMPARE(killed.error().detail, std::string("signal 9: [2J terminate Killed"));
    }

    void after_a_lie_nothing_is_heard() {
        auto agent = started({R"({"id":3,"ok":true})", R"({"id":2,"ok":true})", R"({"id":3,"ok":true})"});
        QCOMPARE(agent->unload("a").error().code, ErrorCode::board_bad_answer);
        QCOMPARE(agent->unload("a").error().code, ErrorCode::board_bad_answer);
        QCOMPARE(agent->take_turn().error().code, ErrorCode::board_bad_answer);
    }

    void after_a_refusal_it_goes_on() {
        auto agent = started({R"({"id":2,"error":{"code":"board.out_of_memory"}})", R"({"id":3,"ok":true})"});
        QCOMPARE(agent->load({}).error().code, ErrorCode::board_out_of_memory);
        QVERIFY(agent->unload("a"));
    }

    void endless_signs_of_life_end_with_a_cancel() {
        int heartbeats = 100000;
        ScriptedBoard board({k_hello, k_facts}, {}, &heartbeats);
        CancelToken token;
        token.cancel();
        const auto agent = Agent::start(board, k_program, {}, JobContext(token));
        QVERIFY(!agent);
        QCOMPARE(agent.error().code, ErrorCode::cancelled);
        QVERIFY(heartbeats > 90000);
        const auto patient = Agent::start(board, k_program, {});
        QVERIFY(patient);
    }

    void wrong_benchmarks_data() {
        QTest::addColumn<QByteArray>("answer");
        const auto row = [](const char* name, const char* sessions, const char* rest = "") {
            QTest::newRow(name)
                << QByteArray(R"({"id":2,"ok":true,"sessions":)") + sessions +
                       R"(,"before":{},"after":{},"peak_memory_bytes":1,"interval_reached":true)" + rest +
                       "}";
        };
        row("none", "{}");
        row("of another", R"({"b":{"first_ms":1,"ms":[1]}})");
        row("no run", R"({"a":{"first_ms":1,"ms":[]}})");
        row("negative", R"({"a":{"first_ms":1,"ms":[1,-1]}})");
        row("absurd", R"({"a":{"first_ms":1,"ms":[1e300]}})");
        row("texts", R"({"a":{"first_ms":1,"ms":["1"]}})");
        row("a list", R"([{"first_ms":1,"ms":[1]}])");
        row("state a list", R"({"a":{"first_ms":1,"ms":[1]}})", R"(,"before":[])");
        row("clock a text", R"({"a":{"first_ms":1,"ms":[1]}})", R"(,"after":{"mhz":"fast"})");
    }
    void wrong_benchmarks() {
        QFETCH(QByteArray, answer);
        const auto benchmark = started({answer.toStdString()})->benchmark({"a"}, {});
        QVERIFY(!benchmark);
        QCOMPARE(benchmark.error().code, ErrorCode::board_bad_answer);
    }

    void outputs_arrive() {
        auto agent = started(
            {R"({"id":2,"event":"outputs","sample":3,"outputs":[{"name":"y","type":1,"shape":[1,2]},{"name":"e","type":1,"shape":[0]},{"name":"z","type":2,"shape":[3]}]})",
             R"({"id":2,"event":"bytes","sample":3,"output":0,"offset":0,"base64":"AACAPw=="})",
             R"({"alive":3})",
             R"({"id":2,"event":"bytes","sample":3,"output":0,"offset":4,"base64":"AAAAQA=="})",
             R"({"id":2,"event":"bytes","sample":3,"output":2,"offset":0,"base64":"AQID"})",
             R"({"id":2,"ok":true})"});
        int samples = 0;
        const auto ran = agent->run("a", "s", 3, 1, [&](SampleOutputs sample) -> Status {
            ++samples;
            if (sample.sample != 3 || sample.outputs.size() != 3 || sample.outputs[0].floats()[0] != 1 ||
                sample.outputs[0].floats()[1] != 2 || sample.outputs[2].as<std::uint8_t>()[2] != 3 ||
                !sample.outputs[1].bytes.empty())
                return fail(ErrorCode::usage, "wrong values");
            return {};
        });
        QVERIFY2(ran, ran ? "" : qPrintable(told(ran.error())));
        QCOMPARE(samples, 1);
    }

    void wrong_outputs_data() {
        QTest::addColumn<QByteArrayList>("lines");
        const QByteArray begin =
            R"({"id":2,"event":"outputs","sample":0,"outputs":[{"name":"y","type":1,"shape":[1,2]}]})";
        const QByteArray done = R"({"id":2,"ok":true})";
        const auto outputs = [](const char* type, const char* shape) {
            const Json output = {{"name", "y"}, {"type", Json::parse(type)}, {"shape", Json::parse(shape)}};
            const Json event = {
                {"id", 2}, {"event", "outputs"}, {"sample", 0}, {"outputs", Json::array({output})}};
            return QByteArray::fromStdString(event.dump());
        };
        const auto bytes = [](int sample, int output, int offset, const char* base64) {
            const Json event = {{"id", 2},          {"event", "bytes"}, {"sample", sample},
                                {"output", output}, {"offset", offset}, {"base64", base64}};
            return QByteArray::fromStdString(event.dump());
        };
        using List = QByteArrayList;
        QTest::newRow("petabytes") << List{outputs("1", "[1099511627776,1099511627776]"), done};
        QTest::newRow("overflow") << List{outputs("1", "[4294967296,4294967296,4294967296]"), done};
        QTest::newRow("overflow to zero") << List{outputs("1", "[1099511627776,1099511627776,0]"), done};
        QTest::newRow("negative axis") << List{outputs("1", "[-1]"), done};
        QTest::newRow("many axes") << List{outputs("1", "[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]"), done};
        QTest::newRow("strings") << List{outputs("8", "[1]"), done};
        QTest::newRow("no type") << List{outputs("0", "[1]"), done};
        QTest::newRow("type absurd") << List{outputs("99999999999", "[1]"), done};
        QTest::newRow("another sample") << List{begin, bytes(1, 0, 0, "AACAPwAAAEA="), done};
        QTest::newRow("another output") << List{begin, bytes(0, 1, 0, "AACAPwAAAEA="), done};
        QTest::newRow("a hole") << List{begin, bytes(0, 0, 4, "AACAPw=="), done};
        QTest::newRow("the wrong way round")
            << List{begin, bytes(0, 0, 4, "AAAAQA=="), bytes(0, 0, 0, "AACAPw=="), done};
        QTest::newRow("before the beginning") << List{begin, bytes(0, 0, -4, "AACAPw=="), done};
        QTest::newRow("too much") << List{begin, bytes(0, 0, 0, "AACAPwAAAEAAAAAA"), done};
        QTest::newRow("too little") << List{begin, bytes(0, 0, 0, "AACAPw=="), done};
        QTest::newRow("nothing") << List{begin, bytes(0, 0, 0, ""), done};
        QTest::newRow("no base64") << List{begin, bytes(0, 0, 0, "AACA*wAAAEA="), done};
        QTest::newRow("padding inside") << List{begin, bytes(0, 0, 0, "AA==AAAAAEA="), done};
        QTest::newRow("cut") << List{begin, bytes(0, 0, 0, "AACAPwAAAE"), done};
        QTest::newRow("bytes first") << List{bytes(0, 0, 0, "AACAPwAAAEA="), done};
        QTest::newRow("twice") << List{begin, begin, done};
        QTest::newRow("one too many") << List{begin, bytes(0, 0, 0, "AACAPwAAAEA="), begin, done};
        QTest::newRow("none") << List{done};
        QTest::newRow("no list") << List{R"({"id":2,"event":"outputs","sample":0,"outputs":{}})", done};
    }
    void wrong_outputs() {
        QFETCH(QByteArrayList, lines);
        std::deque<std::string> script;
        for (const QByteArray& line : lines)
            script.push_back(line.toStdString());
        const auto ran =
            started(std::move(script))->run("a", "s", 0, 1, [](const SampleOutputs&) { return Status(); });
        QVERIFY(!ran);
        QCOMPARE(ran.error().code, ErrorCode::board_bad_answer);
    }

    void it_ends_in_the_middle() {
        const auto ran =
            started(
                {R"({"id":2,"event":"outputs","sample":0,"outputs":[{"name":"y","type":1,"shape":[1]}]})"})
                ->run("a", "s", 0, 1, [](const SampleOutputs&) { return Status(); });
        QVERIFY(!ran);
        QCOMPARE(ran.error().code, ErrorCode::board_agent_ended);
    }

    void profiles_come_in_pieces() {
        auto agent =
            started({R"({"id":2,"event":"nodes","nodes":[{"node":"a","op":"Conv","provider":"CPU","us":1}]})",
                     R"({"id":2,"ok":true,"nodes":[{"node":"b","op":"Add","provider":"CPU","us":2.5}]})"});
        const auto nodes = agent->profile("p");
        QVERIFY(nodes);
        QCOMPARE(nodes->size(), std::size_t(2));
        QCOMPARE((*nodes)[1].node, std::string("b"));
        QCOMPARE((*nodes)[1].us, 2.5);
        const auto wrong =
            started({R"({"id":2,"ok":true,"nodes":[{"node":"b","op":"Add","provider":"C","us":-1}]})"});
        QCOMPARE(wrong->profile("p").error().code, ErrorCode::board_bad_answer);
    }

    void clean_texts() {
        QCOMPARE(clean_text("K1 开发板"), std::string("K1 开发板"));
        QCOMPARE(clean_text("\n a\tb \r\n"), std::string("a b"));
        QCOMPARE(clean_text("a\xc0\xaf"
                            "b"),
                 std::string("a\xef\xbf\xbd\xef\xbf\xbd"
                             "b"));  // overlong
        QCOMPARE(clean_text("\xed\xa0\x80"),
                 std::string("\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"));              // surrogate
        QCOMPARE(clean_text("\xe4\xb8"), std::string("\xef\xbf\xbd\xef\xbf\xbd"));  // cut off
        QCOMPARE(clean_text("abcdef", 5), std::string("ab\xe2\x80\xa6"));
        QCOMPARE(clean_text("abcde", 5), std::string("abcde"));
        QCOMPARE(clean_text(std::string("a\0b", 3)), std::string("a b"));
    }
};

QTEST_GUILESS_MAIN(TestHostileAgent)
#include "test_hostile_agent.moc"
