//! Logistic regression by Newton's method.

/// Ridge penalty on every weight but the bias.
const RIDGE: f64 = 1.0;

/// A candidate, and whether it was right.
pub struct Example<const N: usize> {
    pub features: [f32; N],
    pub same_event: bool,
    pub weight: f64,
}

/// The weights that make the examples most probable. The first feature is the bias.
pub fn fit<const N: usize>(examples: &[Example<N>]) -> [f32; N] {
    let mut weights = [0.0; N];
    for _ in 0..30 {
        let mut gradient = [0.0; N];
        let mut hessian = [[0.0; N]; N];
        for example in examples {
            let features = example.features.map(f64::from);
            let sum: f64 = features.iter().zip(weights).map(|(feature, weight)| feature * weight).sum();
            let probability = 1.0 / (1.0 + (-sum).exp());
            let error = example.weight * (f64::from(u8::from(example.same_event)) - probability);
            let curvature = example.weight * probability * (1.0 - probability);
            for row in 0..N {
                gradient[row] += error * features[row];
                for column in 0..N {
                    hessian[row][column] += curvature * features[row] * features[column];
                }
            }
        }
        for at in 0..N {
            let ridge = if at == 0 { 1e-6 } else { RIDGE };
            gradient[at] -= ridge * weights[at];
            hessian[at][at] += ridge;
        }
        let step = solve(hessian, gradient);
        for (weight, step) in weights.iter_mut().zip(step) {
            *weight += step;
        }
        if step.iter().all(|step| step.abs() < 1e-5) {
            break;
        }
    }
    weights.map(|weight| weight as f32)
}

/// Solves a system of linear equations by elimination; the matrix is positive definite.
fn solve<const N: usize>(mut matrix: [[f64; N]; N], mut right: [f64; N]) -> [f64; N] {
    for pivot in 0..N {
        for row in pivot + 1..N {
            let factor = matrix[row][pivot] / matrix[pivot][pivot];
            let above = matrix[pivot];
            for (value, above) in matrix[row].iter_mut().zip(above).skip(pivot) {
                *value -= factor * above;
            }
            right[row] -= factor * right[pivot];
        }
    }
    for row in (0..N).rev() {
        let known: f64 = (row + 1..N).map(|column| matrix[row][column] * right[column]).sum();
        right[row] = (right[row] - known) / matrix[row][row];
    }
    right
}
