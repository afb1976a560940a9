package cost

// priceCluster prices an EKS control plane.
func priceCluster(s *sheet) { s.hours("cluster hours", EKS, "cluster", one, Declared, "") }
