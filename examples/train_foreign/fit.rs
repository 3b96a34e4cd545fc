//! Logistic regression.

use wiredesk::cluster::foreign::FEATURES;

/// Ridge penalty on every weight but the bias.
const RIDGE: f64 = 1.0;

/// A candidate, and whether it was right.
pub struct Example {
    pub features: [f32; FEATURES],
    pub same_event: bool,
    pub weight: f64,
}

/// Logistic regression by Newton's method.
pub fn fit(examples: &[Example]) -> [f64; FEATURES] {
    let mut weights = [0.0; FEATURES];
    for _ in 0..30 {
        let mut gradient = [0.0; FEATURES];
        let mut hessian = [[0.0; FEATURES]; FEATURES];
        for example in examples {
            let features = example.features.map(f64::from);
            let sum: f64 = features.iter().zip(weights).map(|(feature, weight)| feature * weight).sum();
            let probability = 1.0 / (1.0 + (-sum).exp());
            let error = example.weight * (f64::from(u8::from(example.same_event)) - probability);
            let curvature = example.weight * probability * (1.0 - probability);
            for row in 0..FEATURES {
                gradient[row] += error * features[row];
                for column in 0..FEATURES {
                    hessian[row][column] += curvature * features[row] * features[column];
                }
            }
        }
        for at in 0..FEATURES {
            let ridge = if at == 0 { 1e-6 } else { RIDGE };
            gradient[at] -= ridge * weights[at];
            hessian[at][at] += ridge;
        }
        let step = solve(hessian, gradient);
        for (weight, step) in weights.iter_mut().zip(step) {
            *weight += step;
        }
        if step.iter().all(|step| step.abs() < 1e-6) {
            break;
        }
    }
    weights
}

/// Solves a system of linear equations by elimination; the matrix is positive definite.
fn solve(mut matrix: [[f64; FEATURES]; FEATURES], mut right: [f64; FEATURES]) -> [f64; FEATURES] {
    for pivot in 0..FEATURES {
        for row in pivot + 1..FEATURES {
            let factor = matrix[row][pivot] / matrix[pivot][pivot];
            let above = matrix[pivot];
            for (value, above) in matrix[row].iter_mut().zip(above).skip(pivot) {
                *value -= factor * above;
            }
            right[row] -= factor * right[pivot];
        }
    }
    for row in (0..FEATURES).rev() {
        let known: f64 = (row + 1..FEATURES).map(|column| matrix[row][column] * right[column]).sum();
        right[row] = (right[row] - known) / matrix[row][row];
    }
    right
}
