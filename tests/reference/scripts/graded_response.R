# The graded response model with one discrimination for all items is a cumulative link mixed model, with thresholds of their own
# for each item and a normal intercept for each person: the first 400 respondents of nets_synth_complete, three items.
source("common.R"); suppressPackageStartupMessages(library(ordinal))
items <- sprintf("q%02d", 22:24); d <- read.csv(file.path("data", "nets_synth_complete.csv"))[1:400, items]
long <- data.frame(y=ordered(as.numeric(as.matrix(d))), item=factor(rep(items, each=400)), person=factor(rep(1:400, 3)))
f <- clmm2(y ~ 1, nominal=~item, random=person, data=long, nAGQ=21, control=clmm2.control(gradTol=1e-7))
thresholds <- rbind(f$Theta[1,], sweep(f$Theta[-1,], 2, f$Theta[1,], "+"))
put("graded_response__equal", "nets_synth_complete.csv, rows 1-400, q22-q24", "ordinal::clmm2(y ~ 1, nominal=~item, random=person, nAGQ=21)",
  list(discrimination=unname(f$stDev), intercepts=unname(-thresholds), log_likelihood=as.numeric(logLik(f))))
