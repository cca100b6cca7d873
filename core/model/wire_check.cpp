#include "core/model/wire_check.h"

#include <cstdint>
#include <optional>

namespace quantwright {

namespace {

// Which fields of onnx.proto hold messages worth walking: the ones a model's bytes are in.
enum class Message { model, graph, node, attribute, tensor, other };

Message child(Message parent, std::uint64_t field) {
    switch (parent) {
        case Message::model:
            return field == 7 ? Message::graph : Message::other;
        case Message::graph:
            return field == 1 ? Message::node : field == 5 ? Message::tensor : Message::other;
        case Message::node:
            return field == 5 ? Message::attribute : Message::other;
        case Message::attribute:
            return field == 5 || field == 10   ? Message::tensor
                   : field == 6 || field == 11 ? Message::graph
                                               : Message::other;
        default:
            return Message::other;
    }
}

constexpr int k_deepest = 100;  // protobuf's own limit

enum class Verdict { sound, cut, garbage };

class Walker {
public:
    explicit Walker(std::span<const std::byte> data) : m_data(data) {}

    Verdict walk(Message message, std::size_t end, int depth) {
        bool first = true;
        while (m_at < end) {
            const auto tag = varint(end);
            if (!tag)
                return m_verdict;
            const std::uint64_t field = *tag >> 3;
            const auto wire = static_cast<int>(*tag & 7);
            if (field == 0 || field > (1u << 29) - 1)
                return Verdict::garbage;
            // Every writer puts ir_version first: one byte that text, pictures and archives don't begin with.
            if (depth == 0 && first && !(field == 1 && wire == 0))
                return Verdict::garbage;
            if (const Verdict value = walk_value(message, field, wire, end, depth); value != Verdict::sound)
                return value;
            first = false;
        }
        return Verdict::sound;
    }

private:
    Verdict walk_value(Message message, std::uint64_t field, int wire, std::size_t end, int depth) {
        switch (wire) {
            case 0:
                return varint(end) ? Verdict::sound : m_verdict;
            case 1:
                return skip(8, end);
            case 5:
                return skip(4, end);
            case 2: {
                const auto length = varint(end);
                if (!length)
                    return m_verdict;
                if (*length > end - m_at)
                    return Verdict::cut;
                const Message inner = child(message, field);
                const std::size_t inner_end = m_at + static_cast<std::size_t>(*length);
                if (inner != Message::other && depth < k_deepest)
                    return walk(inner, inner_end, depth + 1);
                m_at = inner_end;
                return Verdict::sound;
            }
            default:
                return Verdict::garbage;  // groups: ONNX has none
        }
    }

    Verdict skip(std::size_t count, std::size_t end) {
        if (count > end - m_at)
            return Verdict::cut;
        m_at += count;
        return Verdict::sound;
    }

    std::optional<std::uint64_t> varint(std::size_t end) {
        std::uint64_t value = 0;
        for (int shift = 0; shift < 70; shift += 7) {
            if (m_at >= end) {
                m_verdict = Verdict::cut;
                return std::nullopt;
            }
            const auto byte = static_cast<std::uint64_t>(m_data[m_at++]);
            value |= shift < 64 ? (byte & 0x7f) << shift : 0;
            if (byte < 0x80)
                return value;
        }
        m_verdict = Verdict::garbage;
        return std::nullopt;
    }

    std::span<const std::byte> m_data;
    std::size_t m_at = 0;
    Verdict m_verdict = Verdict::sound;  ///< why varint() gave nothing
};

}  // namespace

bool looks_truncated(std::span<const std::byte> data) {
    return Walker(data).walk(Message::model, data.size(), 0) == Verdict::cut;
}

}  // namespace quantwright
