/// Rectangles whose areas are proportional to weights, as near to squares as they come.
///
/// The method is that of Bruls, Huizing and van Wijk, "Squarified Treemaps" (2000).
enum TreemapLayout {
    /// A rectangle; the unit is a thousandth of the width of the whole map.
    struct Rectangle: Equatable {
        var x: Double
        var y: Double
        var width: Double
        var height: Double

        var area: Double { width * height }
        fileprivate var shorterSide: Double { min(width, height) }
    }

    /// One rectangle within `whole` for each weight, in the same order; weights are positive, the largest first.
    static func rectangles(_ weights: [Double], in whole: Rectangle) -> [Rectangle] {
        var rectangles: [Rectangle] = []
        rectangles.reserveCapacity(weights.count)
        var rest = whole
        var start = 0
        while start < weights.count {
            // Added up anew for each row: a difference of sums could lose what is small.
            let restWeight = weights[start...].reduce(0, +)
            let scale = rest.area / restWeight
            let end = rowEnd(weights, from: start, scale: scale, side: rest.shorterSide)
            let row = weights[start..<end]
            let rowWeight = row.reduce(0, +)
            // The last row takes all that is left, so that nothing is lost to rounding.
            let share = end == weights.count ? 1 : rowWeight / restWeight
            rectangles.append(contentsOf: place(row, rowWeight, share, in: &rest))
            start = end
        }
        return rectangles
    }

    /// Where the row that begins at `start` is best ended: while another weight makes its worst ratio no worse.
    private static func rowEnd(_ weights: [Double], from start: Int, scale: Double, side: Double) -> Int {
        var end = start + 1
        var sum = weights[start]
        var ratio = worstRatio(largest: weights[start], smallest: weights[start], sum: sum, scale, side)
        while end < weights.count {
            let next = worstRatio(
                largest: weights[start],
                smallest: weights[end],
                sum: sum + weights[end],
                scale,
                side
            )
            guard next <= ratio else { break }
            ratio = next
            sum += weights[end]
            end += 1
        }
        return end
    }

    private static func worstRatio(
        largest: Double,
        smallest: Double,
        sum: Double,
        _ scale: Double,
        _ side: Double
    ) -> Double {
        let area = sum * scale
        let square = side * side
        return max(square * largest * scale / (area * area), area * area / (square * smallest * scale))
    }

    /// Lays a row along the shorter side and takes it off `rest`.
    private static func place(
        _ row: ArraySlice<Double>,
        _ rowWeight: Double,
        _ share: Double,
        in rest: inout Rectangle
    ) -> [Rectangle] {
        let isColumn = rest.width >= rest.height
        let thickness = (isColumn ? rest.width : rest.height) * share
        let length = isColumn ? rest.height : rest.width
        var offset = 0.0
        var placed: [Rectangle] = []
        for (index, weight) in zip(row.indices, row) {
            let extent = index == row.endIndex - 1 ? length - offset : length * (weight / rowWeight)
            placed.append(
                isColumn
                    ? Rectangle(x: rest.x, y: rest.y + offset, width: thickness, height: max(0, extent))
                    : Rectangle(x: rest.x + offset, y: rest.y, width: max(0, extent), height: thickness)
            )
            offset += extent
        }
        if isColumn {
            rest.x += thickness
            rest.width = max(0, rest.width - thickness)
        } else {
            rest.y += thickness
            rest.height = max(0, rest.height - thickness)
        }
        return placed
    }
}
