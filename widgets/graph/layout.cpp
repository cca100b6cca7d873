#include "widgets/graph/layout.h"

#include "widgets/graph/layout_steps.h"

namespace quantwright {

GraphLayout layoutGraph(const LayoutInput& input, const std::function<bool()>& cancelled) {
    using namespace layout_steps;
    const Cancelled stop = cancelled ? cancelled : [] { return false; };
    GraphLayout stopped;
    stopped.cancelled = true;
    if (stop())
        return stopped;
    const Ranked ranked = rankNodes(input);
    if (stop())
        return stopped;
    Layered layered = splitLongEdges(input, ranked);
    if (!orderRows(ranked, layered, stop))
        return stopped;
    const std::vector<double> x = placeColumns(input, ranked, layered, stop);
    if (stop())
        return stopped;
    return routeEdges(input, ranked, layered, x);
}

}  // namespace quantwright
