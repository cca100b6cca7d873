// Columns. Vertices that continue each other (the main path, the bends of one edge) form blocks that
// stand straight; blocks are packed to the left and then drawn towards what they are connected to.
// Blocks and packing follow Brandes & Köpf, "Fast and simple horizontal coordinate assignment" (2002),
// with one alignment instead of four: their mean of four would bend the main path beside every skip.
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "widgets/graph/layout_steps.h"

namespace quantwright::layout_steps {

namespace {

constexpr double k_far = std::numeric_limits<double>::max() / 4;

struct Placer {
    const LayoutInput& input;
    const Ranked& ranked;
    const Layered& layered;
    std::vector<int> block;                      ///< per vertex
    std::vector<std::vector<int>> members = {};  ///< per block
    std::vector<double> x = {};                  ///< per block

    [[nodiscard]] double separation(int left, int right) const {
        const bool bends[] = {layered.isBend(left), layered.isBend(right)};
        const double half =
            (bends[0] ? 0 : input.nodes[left].width / 2) + (bends[1] ? 0 : input.nodes[right].width / 2);
        if (bends[0] != bends[1])
            return half + (input.edge_gap + input.node_gap) / 2;
        return half + (bends[0] ? input.edge_gap : input.node_gap);
    }

    /// The continuation of a vertex downwards (upwards): towards (from) the longest path.
    [[nodiscard]] int continuation(int v, bool downwards) const {
        int best = -1, best_length = -3;  // a depth of -1 gives -2
        for (const int w : (downwards ? layered.down : layered.up).of(v)) {
            int end = w;
            if (layered.isBend(w)) {
                const LayoutEdge& edge = ranked.edges[layered.edge_of_bend[w - layered.node_count]];
                end = downwards ? edge.to : edge.from;
            }
            const int length = 2 * (downwards ? ranked.height : ranked.depth)[end] + !layered.isBend(w);
            if (length > best_length) {
                best = w;
                best_length = length;
            }
        }
        return best;
    }

    void linkRows(int r, std::vector<int>& below_of);
    void makeBlocks();
    [[nodiscard]] std::vector<int> leftToRight() const;
    void pack(const std::vector<int>& order);
    [[nodiscard]] bool cutDisplaced(bool bends, double allowed);
    void pull(const std::vector<int>& order, bool rightwards);
    [[nodiscard]] double wish(int b) const;
};

/// Of the continuations between two rows, the heaviest set without crossings: a heaviest increasing
/// subsequence of positions, with a Fenwick tree of prefix maxima.
void Placer::linkRows(int r, std::vector<int>& below_of) {
    struct Link {
        int upper, lower, weight, total, previous;
    };
    std::vector<Link> links;
    for (const int v : layered.rows[r]) {
        const int w = continuation(v, true);
        if (w < 0 || continuation(w, false) != v)
            continue;
        const int bends = layered.isBend(v) + layered.isBend(w);
        links.push_back({v, w, bends == 0 ? 1000 : bends == 2 ? 3 : 2, 0, -1});
    }
    const int width = static_cast<int>(layered.rows[r + 1].size());
    std::vector<int> tree(static_cast<std::size_t>(width) + 1, -1);
    const auto better = [&](int a, int b) {
        return b < 0 || (a >= 0 && links[a].total > links[b].total) ? a : b;
    };
    int best = -1;
    for (std::size_t i = 0; i < links.size(); ++i) {
        Link& link = links[i];
        for (int k = layered.position[link.lower]; k > 0; k -= k & -k)
            link.previous = better(tree[k], link.previous);
        link.total = link.weight + (link.previous >= 0 ? links[link.previous].total : 0);
        for (int k = layered.position[link.lower] + 1; k <= width; k += k & -k)
            tree[k] = better(static_cast<int>(i), tree[k]);
        best = better(static_cast<int>(i), best);
    }
    for (int i = best; i >= 0; i = links[i].previous)
        below_of[links[i].upper] = links[i].lower;
}

void Placer::makeBlocks() {
    std::vector<int> below_of(layered.rank.size(), -1);
    for (std::size_t r = 0; r + 1 < layered.rows.size(); ++r)
        linkRows(static_cast<int>(r), below_of);
    block.assign(layered.rank.size(), -1);
    for (const auto& row : layered.rows) {
        for (const int top : row) {
            if (block[top] >= 0)
                continue;
            const int b = static_cast<int>(members.size());
            members.emplace_back();
            for (int v = top; v >= 0; v = below_of[v]) {
                block[v] = b;
                members.back().push_back(v);
            }
        }
    }
}

/// Blocks such that everything stands right of what it must. Blocks don't cross, so there is an order.
std::vector<int> Placer::leftToRight() const {
    std::vector<int> waiting(members.size(), 0), order;
    for (const auto& row : layered.rows) {
        for (std::size_t i = 1; i < row.size(); ++i)
            ++waiting[block[row[i]]];
    }
    for (std::size_t b = 0; b < members.size(); ++b) {
        if (waiting[b] == 0)
            order.push_back(static_cast<int>(b));
    }
    for (std::size_t i = 0; i < order.size(); ++i) {
        for (const int v : members[order[i]]) {
            const auto& row = layered.rows[layered.rank[v]];
            const std::size_t right = static_cast<std::size_t>(layered.position[v]) + 1;
            if (right < row.size() && --waiting[block[row[right]]] == 0)
                order.push_back(block[row[right]]);
        }
    }
    return order;
}

void Placer::pack(const std::vector<int>& order) {
    x.assign(members.size(), 0);
    for (const int b : order) {
        for (const int v : members[b]) {
            const int p = layered.position[v];
            if (p > 0) {
                const int left = layered.rows[layered.rank[v]][p - 1];
                x[b] = std::max(x[b], x[block[left]] + separation(left, v));
            }
        }
    }
}

/// Long straight blocks beside each other can push one another ever further aside, row after row. A block
/// that stands further right than any of its rows asks for, by more than is allowed, is cut in two.
bool Placer::cutDisplaced(bool bends, double allowed) {
    std::vector<double> needed(members.size(), 0);
    for (const auto& row : layered.rows) {
        double sum = 0;
        for (std::size_t i = 0; i < row.size(); ++i) {
            sum += i > 0 ? separation(row[i - 1], row[i]) : 0;
            needed[block[row[i]]] = std::max(needed[block[row[i]]], sum);
        }
    }
    bool cut = false;
    for (std::size_t b = 0, blocks = members.size(); b < blocks; ++b) {
        if (members[b].size() < 2 || layered.isBend(members[b][members[b].size() / 2]) != bends ||
            x[b] - needed[b] <= allowed)
            continue;
        const auto middle = members[b].begin() + static_cast<std::ptrdiff_t>(members[b].size() / 2);
        std::vector<int> lower(middle, members[b].end());
        members[b].erase(middle, members[b].end());
        for (const int v : lower)
            block[v] = static_cast<int>(members.size());
        members.push_back(std::move(lower));
        cut = true;
    }
    return cut;
}

/// Weighted median of where a block's edges come from and go to. Edges between nodes weigh more than
/// the pieces of long ones, which have room to bend.
double Placer::wish(int b) const {
    std::vector<std::pair<double, int>> ends;
    int total = 0;
    for (const int v : members[b]) {
        for (const Adjacency* side : {&layered.up, &layered.down}) {
            for (const int w : side->of(v)) {
                if (block[w] == b)
                    continue;
                const int weight = layered.isBend(v) || layered.isBend(w) ? 1 : 4;
                ends.emplace_back(x[block[w]], weight);
                total += weight;
            }
        }
    }
    if (ends.empty())
        return x[b];
    std::sort(ends.begin(), ends.end());
    int sum = 0;
    for (std::size_t i = 0; i < ends.size(); ++i) {
        sum += ends[i].second;
        if (2 * sum > total)
            return ends[i].first;
        if (2 * sum == total)
            return (ends[i].first + ends[i + 1].first) / 2;
    }
    return ends.back().first;
}

void Placer::pull(const std::vector<int>& order, bool rightwards) {
    const auto move = [&](int b) {
        double least = -k_far, most = k_far;
        for (const int v : members[b]) {
            const auto& row = layered.rows[layered.rank[v]];
            const std::size_t p = static_cast<std::size_t>(layered.position[v]);
            if (p > 0)
                least = std::max(least, x[block[row[p - 1]]] + separation(row[p - 1], v));
            if (p + 1 < row.size())
                most = std::min(most, x[block[row[p + 1]]] - separation(v, row[p + 1]));
        }
        if (least <= most)
            x[b] = std::clamp(wish(b), least, most);
    };
    if (rightwards)
        std::for_each(order.rbegin(), order.rend(), move);
    else
        std::for_each(order.begin(), order.end(), move);
}

}  // namespace

std::vector<double> placeColumns(const LayoutInput& input, const Ranked& ranked, const Layered& layered,
                                 const Cancelled& cancelled) {
    Placer placer{input, ranked, layered, {}};
    placer.makeBlocks();
    std::vector<int> order = placer.leftToRight();
    placer.pack(order);
    // Edges give way before the main path does.
    for (const bool bends : {true, false}) {
        for (int round = 0; round < 12 && placer.cutDisplaced(bends, bends ? 250 : 2000); ++round) {
            if (cancelled())
                return {};
            order = placer.leftToRight();
            placer.pack(order);
        }
    }
    const int sweeps = layered.node_count > 3000 ? 4 : 12;
    for (int sweep = 0; sweep < sweeps; ++sweep) {
        if (cancelled())
            return {};
        placer.pull(order, true);
        placer.pull(order, false);
    }
    std::vector<double> x(layered.rank.size());
    for (std::size_t v = 0; v < x.size(); ++v)
        x[v] = std::round(placer.x[placer.block[v]]);  // whole pixels are crisp
    return x;
}

}  // namespace quantwright::layout_steps
